// The documents of a collection: listed a page at a time, found by name, added, deleted.

import { api } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { formatDate } from "./format.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { confirmRemoval } from "./removal.js";
import { askLink, documentLink, documentsLink } from "./router.js";
import { collection, documentCount, forgetAnswer, refreshCollections } from "./session.js";
import { loading, problemPanel } from "./states.js";
import { languageOf, tagsOf } from "./text.js";
import { uploadPanel } from "./upload.js";

const PAGE = 50;
const TYPING = 250;

export function showDocuments(main, { params }, signal) {
  document.title = `${t("documentsTitle")} – Citespan`;
  const state = {
    name: collection(),
    named: params.get("named") ?? "",
    count: h("p", { class: "count" }),
    list: h("div", { class: "list" }),
    signal,
    listing: null,
  };
  const reload = async () => {
    forgetAnswer();
    await refreshCollections(signal).catch(() => null);
    await listInto(state);
  };
  fill(
    main,
    h("div", { class: "heading" }, h("h1", {}, t("documentsTitle")), state.count),
    uploadPanel(state.name, reload, signal),
    searchBox(state),
    state.list,
  );
  return listInto(state);
}

/** What is typed stands in the link, without an entry in the browser's history for every letter. */
function searchBox(state) {
  const input = h("input", {
    type: "search", id: "document-search", value: state.named, maxlength: 1000, placeholder: t("documentSearch"),
    "aria-label": t("documentSearch"), autocomplete: "off", spellcheck: "false",
  });
  let waiting;
  const search = () => {
    if (state.signal.aborted || input.value.trim() === state.named) return;
    state.named = input.value.trim();
    history.replaceState(history.state, "", documentsLink(state.name, state.named));
    listInto(state);
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(search, TYPING);
  });
  const form = h("form", { class: "search", role: "search" }, icon("search"), input);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    search();
  });
  return form;
}

async function listInto(state) {
  state.listing?.abort();
  state.listing = new AbortController();
  const signal = AbortSignal.any([state.signal, state.listing.signal]);
  showCount(state.count);
  const rows = h("ul", { class: "documents" });
  const more = h("p", { class: "more", role: "status" });
  await nextPage({ ...state, rows, more, after: null, signal, show: () => fill(state.list, rows, more) });
}

function showCount(count) {
  const n = documentCount();
  count.textContent = n === null ? "" : t("documentsCount", { n });
}

async function nextPage(state) {
  const { name, named, rows, more, after, signal, show } = state;
  if (after !== null || !state.list.childElementCount) {
    fill(more, loading());
    show();
  }
  try {
    const page = await api.documents({ collection: name, after, limit: PAGE, named }, signal);
    const items = page.documents.map((entry) => documentItem(entry, state));
    rows.append(...items);
    fill(more, moreButton({ ...state, after: page.next }));
    show();
    if (after !== null) items[0]?.querySelector("a").focus();
  } catch (problem) {
    if (problem.name === "AbortError") return;
    fill(more, problemPanel(problem, () => nextPage(state)));
    show();
  }
}

function moreButton(state) {
  const { after, rows, named } = state;
  if (after) return h("button", { type: "button", on: { click: () => nextPage(state) } }, t("moreDocuments"));
  if (rows.childElementCount > 0) return t("allShown");
  return named ? t("noneNamed", { named }) : t("emptyTitle");
}

function documentItem(entry, { name, count }) {
  const title = entry.title || entry.source || t("untitled");
  const facts = [
    entry.metadata?.publisher,
    entry.published && formatDate(entry.published),
    entry.pages && t("pagesCount", { n: entry.pages }),
    t("passagesCount", { n: entry.passages }),
    t("charactersCount", { n: entry.characters }),
    entry.copy_of && t("copyOf"),
  ];
  const label = t("removeNamed", { title });
  const remove = h("button", { type: "button", class: "quiet danger small", "aria-label": label }, t("remove"));
  const item = h(
    "li",
    {},
    h(
      "div",
      {},
      h("a", { class: "open", href: documentLink(name, { doc_id: entry.doc_id }), lang: languageOf(title) }, title),
      h("p", { class: "facts" }, facts.filter(Boolean).map((fact) => h("span", {}, fact))),
      entry.source !== title && h("p", { class: "path" }, entry.source),
      tagList(entry, name),
    ),
    remove,
  );
  remove.addEventListener("click", async () => {
    const receipt = await confirmRemoval(name, entry.doc_id, title);
    if (!receipt) return;
    forgetAnswer();
    const words = t("removed", { title, ...receipt });
    fill(item, h("p", { class: "gone" }, icon("check"), words));
    announce(words);
    await refreshCollections().catch(() => null);
    showCount(count);
  });
  return item;
}

/** A tag leads to questions about all documents that have it. */
function tagList(entry, name) {
  const tags = tagsOf(entry);
  const links = tags.map((tag) => h("li", {}, h("a", { class: "tag", href: askLink("", name, { tag }), lang: languageOf(tag) }, tag)));
  return tags.length > 0 && h("ul", { class: "tags", "aria-label": t("tags") }, links);
}
