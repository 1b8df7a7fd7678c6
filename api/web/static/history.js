// The questions asked on this device: kept in this browser alone, shown by day, deleted at will, or not kept at all.

import { askFirst } from "./dialog.js";
import { announce, fill, h } from "./dom.js";
import { formatDate, formatTime } from "./format.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { forget, remember, remembered } from "./preferences.js";
import { askLink } from "./router.js";
import { languageOf, pointSlice } from "./text.js";

const LONGEST = 200;
const ANSWER = 120;

export const keepsHistory = () => remembered("history.off") === null;

function entries() {
  try {
    const found = JSON.parse(remembered("history") ?? "[]");
    return Array.isArray(found) ? found.filter((entry) => typeof entry?.link === "string" && entry.link.startsWith("#/ask")) : [];
  } catch {
    return [];
  }
}

function store(list) {
  if (list.length) remember("history", JSON.stringify(list.slice(0, LONGEST)));
  else forget("history");
}

/** Keeps a question with its answer; asked again, it moves to the top. */
export function keepInHistory({ question, link, answer }) {
  if (!keepsHistory()) return;
  const entry = { question, link, answer: answer && pointSlice(answer, 0, ANSWER), at: new Date().toISOString() };
  store([entry, ...entries().filter((kept) => kept.link !== link)]);
}

export function clearHistory() {
  forget("history");
}

export function showHistory(main) {
  document.title = `${t("historyTitle")} – Citespan`;
  const list = h("div", { class: "history" });
  const clear = h("button", { type: "button", class: "danger" }, t("historyClear"));
  const draw = () => {
    const kept = entries();
    clear.hidden = kept.length === 0;
    fill(list, kept.length ? days(kept, draw) : emptyPanel());
  };
  clear.addEventListener("click", async () => {
    const words = { confirm: t("historyClear"), keep: t("keep") };
    if (!(await askFirst(t("historyClearTitle"), t("historyClearText"), words))) return;
    clearHistory();
    announce(t("historyCleared"));
    draw();
  });
  fill(
    main,
    h("div", { class: "heading" }, h("h1", {}, t("historyTitle")), clear),
    h("div", { class: "setting" }, h("p", { class: "note" }, t("historyNote")), keepSwitch()),
    list,
  );
  draw();
}

function keepSwitch() {
  const box = h("input", { type: "checkbox", id: "history-keep", checked: keepsHistory() });
  box.addEventListener("change", () => {
    if (box.checked) forget("history.off");
    else remember("history.off", "1");
  });
  return h("label", { class: "tick" }, box, h("span", {}, t("historyKeep")));
}

function emptyPanel() {
  return h("section", { class: "panel empty" }, h("h2", {}, t("historyEmpty")), h("a", { class: "button main", href: askLink() }, t("backToAsk")));
}

function days(kept, draw) {
  const groups = new Map();
  for (const entry of kept) {
    const day = localDay(entry.at);
    groups.set(day, [...(groups.get(day) ?? []), entry]);
  }
  return [...groups].map(([day, list]) =>
    h("section", {}, h("h2", {}, formatDate(day)), h("ul", {}, list.map((entry) => historyItem(entry, draw)))),
  );
}

function localDay(at) {
  const time = new Date(at);
  const shifted = new Date(time.getTime() - time.getTimezoneOffset() * 60000);
  return Number.isNaN(shifted.getTime()) ? "" : shifted.toISOString().slice(0, 10);
}

function historyItem({ question, link, answer, at }, draw) {
  const label = t("historyRemove", { question });
  const remove = h("button", { type: "button", class: "quiet icon-only", "aria-label": label, title: label }, icon("close"));
  remove.addEventListener("click", () => {
    store(entries().filter((entry) => entry.link !== link));
    announce(t("historyRemoved"));
    draw();
    document.getElementById("main").focus({ preventScroll: true });
  });
  return h(
    "li",
    {},
    h(
      "div",
      {},
      h("a", { href: link, lang: languageOf(question) }, question),
      h("p", { class: "facts", lang: answer ? languageOf(answer) : null }, answer || t("abstention")),
    ),
    h("time", { datetime: at }, formatTime(at)),
    remove,
  );
}
