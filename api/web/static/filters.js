// Which documents a question is put to: dates, files and tags. They stand in the link, and as chips on the page.

import { api } from "./api.js";
import { fill, h } from "./dom.js";
import { formatDate } from "./format.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { collection } from "./session.js";
import { tagsOf } from "./text.js";

const DATE = /^\d{4}-\d{2}-\d{2}$/;
const SUGGESTED = 20;

/** @returns {{from: ?string, to: ?string, source: string[], tag: string[]}} */
export function filtersOf(params) {
  const date = (name) => (DATE.test(params.get(name) ?? "") ? params.get(name) : null);
  const all = (name) => [...new Set(params.getAll(name).filter(Boolean))];
  return { from: date("from"), to: date("to"), source: all("source"), tag: all("tag") };
}

export const filterCount = ({ from, to, source, tag }) => (from ? 1 : 0) + (to ? 1 : 0) + source.length + tag.length;

export const isFiltered = (filters) => filterCount(filters) > 0;

/** What `/v1/ask` takes; null where nothing is filtered. */
export function asRequest(filters) {
  if (!isFiltered(filters)) return null;
  const { from, to, source, tag } = filters;
  return { source, tag, ...(from && { published_from: from }), ...(to && { published_to: to }) };
}

/** Each filter with a button that takes it away; `change` gets the filters that are left. */
export function filterChips(filters, change) {
  const { from, to, source, tag } = filters;
  const without = (name, value) => ({ ...filters, [name]: filters[name].filter((each) => each !== value) });
  const chips = [
    from && chip(t("filterFrom", { date: formatDate(from) }), () => change({ ...filters, from: null })),
    to && chip(t("filterTo", { date: formatDate(to) }), () => change({ ...filters, to: null })),
    ...source.map((name) => chip(t("filterSource", { name }), () => change(without("source", name)))),
    ...tag.map((name) => chip(t("filterTag", { name }), () => change(without("tag", name)))),
  ].filter(Boolean);
  return chips.length > 0 && h("ul", { class: "chips", "aria-label": t("filtersActive") }, chips);
}

function chip(words, remove) {
  const label = t("filterRemove", { filter: words });
  const button = h("button", { type: "button", "aria-label": label, title: label, on: { click: remove } }, icon("close"));
  return h("li", {}, h("span", {}, words), button);
}

/** The form; `apply` gets the filters as they were set. */
export function filterPanel(filters, apply) {
  const field = (label, input, note) => h("label", { class: "field" }, h("span", {}, t(label)), input, note);
  const from = h("input", { type: "date", id: "filter-from" });
  const to = h("input", { type: "date", id: "filter-to" });
  [from.value, to.value] = [filters.from ?? "", filters.to ?? ""];
  const source = suggesting("filter-source", async (typed) => {
    const { documents } = await api.documents({ collection: collection(), named: typed, limit: SUGGESTED });
    return documents.map((entry) => [entry.source, entry.title]);
  });
  const tag = suggesting("filter-tag", async (typed) => {
    const { documents } = await api.documents({ collection: collection(), named: typed, limit: 5 * SUGGESTED });
    const tags = documents.flatMap(tagsOf).filter((name) => name.includes(typed));
    return [...new Set(tags)].slice(0, SUGGESTED).map((name) => [name, ""]);
  });
  const failure = h("p", { class: "failure", role: "alert" });
  const form = h(
    "form",
    { class: "filters", id: "filters", "aria-label": t("filters") },
    field("filterFromLabel", from),
    field("filterToLabel", to),
    field("filterSourceLabel", source.parts),
    field("filterTagLabel", tag.parts),
    failure,
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", on: { click: () => apply({ from: null, to: null, source: [], tag: [] }) } }, t("filtersClear")),
      h("button", { type: "submit", class: "main" }, t("filtersApply")),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (from.value && to.value && from.value > to.value) {
      failure.textContent = t("filtersBackwards");
      from.focus();
      return;
    }
    const joined = (known, typed) => [...new Set([...known, typed.trim()].filter(Boolean))];
    apply({
      from: from.value || null,
      to: to.value || null,
      source: joined(filters.source, source.input.value),
      tag: joined(filters.tag, tag.input.value),
    });
  });
  return form;
}

/** An input that suggests what the service has; without suggestions it takes what is typed. */
function suggesting(id, find) {
  const list = h("datalist", { id: `${id}-list` });
  const input = h("input", { type: "text", id, list: list.id, maxlength: 1000, autocomplete: "off", spellcheck: "false" });
  let waiting;
  const suggest = async () => {
    const typed = input.value.trim();
    const found = await find(typed).catch(() => []);
    if (input.value.trim() === typed) fill(list, found.map(([value, label]) => h("option", { value, label: label || null })));
  };
  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(suggest, 250);
  });
  input.addEventListener("focus", suggest, { once: true });
  return { input, parts: [input, list] };
}
