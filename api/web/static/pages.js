// The pages of a paged document (PDF): where each begins is known, so the text is shown a page at a time.

import { h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { singleKeys } from "./preferences.js";

/** The page to show, counted from 1: the wanted one, else that of `start`, else the first; null without pages. */
export function pageOf({ page_starts: starts }, wanted, start) {
  if (!starts) return null;
  if (wanted !== null) return Math.min(Math.max(wanted, 1), starts.length);
  if (start === undefined) return 1;
  return Math.max(1, starts.filter((at) => at <= start).length);
}

/** `[start, end)` of a page in code points of the source text. */
export function pageBounds({ page_starts: starts, characters }, page) {
  return [starts[page - 1], starts[page] ?? characters];
}

/** `linkTo` gives the link of a page. */
export function pageBar({ page_starts: starts }, page, linkTo) {
  const total = starts.length;
  const step = (to, name, words, key) => {
    const props = { class: "button icon-only", "aria-label": t(words), title: t(words) };
    if (to < 1 || to > total) return h("span", { ...props, role: "link", "aria-disabled": "true" }, icon(name));
    return h("a", { ...props, href: linkTo(to), "aria-keyshortcuts": singleKeys() && key, "data-key": key }, icon(name));
  };
  const input = h("input", { type: "number", min: 1, max: total, "aria-label": t("pageNumber"), id: "page-number" });
  input.value = page;
  const go = () => {
    const wanted = Number(input.value);
    if (Number.isInteger(wanted) && wanted >= 1 && wanted <= total) location.hash = linkTo(wanted);
    else input.value = page;
  };
  input.addEventListener("change", go);
  return h(
    "nav",
    { class: "pager", "aria-label": t("pagesLabel") },
    step(page - 1, "previous", "pagePrevious", "["),
    h("span", { class: "pager-at" }, t("pageLabel"), input, t("pageOf", { pages: total })),
    step(page + 1, "next", "pageNext", "]"),
  );
}
