// The documents of a collection: listed a page at a time, added, deleted.

import { api } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { formatDate } from "./format.js";
import { t } from "./i18n.js";
import { documentLink } from "./router.js";
import { collection, documentCount, forgetAnswer, refreshCollections } from "./session.js";
import { loading, problemPanel, problemText } from "./states.js";
import { languageOf } from "./text.js";
import { uploadPanel } from "./upload.js";

const PAGE = 50;

export function showDocuments(main, _route, signal) {
  document.title = `${t("documentsTitle")} – Citespan`;
  const name = collection();
  const count = h("p", { class: "count" });
  const list = h("div", { class: "list" });
  const reload = async () => {
    forgetAnswer();
    await refreshCollections(signal).catch(() => null);
    await listInto({ name, count, list }, signal);
  };
  fill(
    main,
    h("div", { class: "heading" }, h("h1", {}, t("documentsTitle")), count),
    uploadPanel(name, reload),
    list,
  );
  return listInto({ name, count, list }, signal);
}

async function listInto({ name, count, list }, signal) {
  showCount(count);
  const rows = h("ul", { class: "documents" });
  const more = h("p", { class: "more" });
  fill(list, rows, more);
  await nextPage({ name, count, rows, more, after: null }, signal);
}

function showCount(count) {
  const n = documentCount();
  count.textContent = n === null ? "" : t("documentsCount", { n });
}

async function nextPage(state, signal) {
  const { name, rows, more, after } = state;
  fill(more, loading());
  try {
    const page = await api.documents({ collection: name, after, limit: PAGE }, signal);
    const items = page.documents.map((entry) => documentItem(entry, state));
    rows.append(...items);
    fill(more, moreButton({ ...state, after: page.next }, signal));
    if (after !== null) items[0]?.querySelector("a").focus();
  } catch (problem) {
    if (problem.name !== "AbortError") fill(more, problemPanel(problem, () => nextPage(state, signal)));
  }
}

function moreButton(state, signal) {
  if (state.after) return h("button", { type: "button", on: { click: () => nextPage(state, signal) } }, t("moreDocuments"));
  return t(state.rows.childElementCount === 0 ? "emptyTitle" : "allShown");
}

function documentItem(entry, { name, count }) {
  const title = entry.title || entry.source || t("untitled");
  const facts = [
    entry.metadata?.publisher,
    entry.published && formatDate(entry.published),
    t("passagesCount", { n: entry.passages }),
    t("charactersCount", { n: entry.characters }),
    entry.copy_of && t("copyOf"),
  ];
  const label = t("removeNamed", { title });
  const remove = h("button", { type: "button", class: "quiet danger", "aria-label": label }, t("remove"));
  const item = h(
    "li",
    {},
    h(
      "div",
      {},
      h("a", { href: documentLink(name, { doc_id: entry.doc_id }), lang: languageOf(title) }, title),
      h("p", { class: "facts" }, facts.filter(Boolean).map((fact) => h("span", {}, fact))),
      entry.source !== title && h("p", { class: "path" }, entry.source),
    ),
    remove,
  );
  remove.addEventListener("click", () => confirmRemoval({ name, entry, title, item, count, remove }));
  return item;
}

function confirmRemoval({ name, entry, title, item, count, remove }) {
  const failure = h("p", { class: "failure", role: "alert" });
  const confirm = h("button", { type: "button", class: "danger" }, t("remove"));
  const dialog = h(
    "dialog",
    { "aria-labelledby": "removal" },
    h("h2", { id: "removal" }, t("removeTitle")),
    h("p", {}, t("removeText", { title })),
    failure,
    h("form", { method: "dialog", class: "actions" }, h("button", { autofocus: true }, t("keep")), confirm),
  );
  confirm.addEventListener("click", async () => {
    confirm.disabled = true;
    try {
      const receipt = await api.remove(entry.doc_id, name);
      await afterRemoval({ title, item, count, passages: receipt.passages });
      dialog.close();
    } catch (problem) {
      confirm.disabled = false;
      failure.textContent = problemText(problem);
    }
  });
  dialog.addEventListener("close", () => {
    dialog.remove();
    (remove.isConnected ? remove : document.getElementById("main")).focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
}

async function afterRemoval({ title, item, count, passages }) {
  forgetAnswer();
  fill(item, h("p", { class: "gone" }, t("removed", { title, passages })));
  announce(t("removed", { title, passages }));
  await refreshCollections().catch(() => null);
  showCount(count);
}
