// A document's own text, opened at the cited place.

import { api } from "./api.js";
import { copyButton } from "./clipboard.js";
import { announce, fill, h } from "./dom.js";
import { formatDate, formatNumber } from "./format.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { pageBar, pageBounds, pageOf } from "./pages.js";
import { askLink, documentLink, offset } from "./router.js";
import { quoteBehind } from "./session.js";
import { loading, problemPanel } from "./states.js";
import { languageOf, tagsOf } from "./text.js";
import { TextWindow } from "./window.js";

const MARKUP = /html|xml|json|csv|markdown/;
// The service makes no readable text of longer documents (layer_unavailable).
const READABLE_MAX = 2_000_000;
// Longer quotations are not read for a check of a link that carries none.
const CHECKED = 100_000;

// The verdicts of the service in words. Those that are not named here mean that the citation does not hold.
const QUOTE_WORDS = { current: "exactCurrent", superseded: "exactOld" };
const PLACE_WORDS = { current: "placeCurrent", superseded: "placeOld" };

export async function showSource(main, { path: [name, docId], params }, signal) {
  const revision = params.get("revision");
  const turning = main.querySelector(".pager")?.contains(document.activeElement) ? document.activeElement.dataset.key ?? "" : null;
  leaveOnEscape(signal);
  fill(main, backLink(), loading());
  try {
    const document_ = await api.document(docId, { collection: name, revision }, signal);
    const view = viewOf(name, document_, params);
    document.title = `${view.title} – Citespan`;
    const text = new TextWindow({ ...view, signal });
    const status = h("p", { class: "verdict", role: "status" }, t("checking"));
    fill(main, sourcePage(view, text, status));
    scrollTo(0, 0);
    await text.open();
    const turned = turning !== null && keepTurning(turning, view);
    text.reveal(!turned);
    await verify(status, view, signal);
  } catch (problem) {
    if (problem.name === "AbortError") return;
    const again = () => showSource(main, { path: [name, docId], params }, signal);
    const current = problem.code === "revision_not_found" && h("p", {}, currentLink(name, docId));
    fill(main, backLink(), problemPanel(problem, again, "h1"), current);
  }
}

/** Who turns pages stays at the control that turns them, and hears which page it is. */
function keepTurning(key, { document_, page }) {
  const control = document.querySelector(key ? `.pager a[data-key="${key}"]` : "#page-number") ?? document.getElementById("page-number");
  control?.focus({ preventScroll: true });
  announce(t("pageLive", { page, pages: document_.page_starts?.length }));
  return control !== null;
}

/** What is shown: which document, layer, page and span, and the link that shows it. */
function viewOf(name, document_, params) {
  const span = spanOf(params);
  const repaired = Object.keys(document_.fixes).length > 0;
  const layered = repaired && document_.characters <= READABLE_MAX;
  const layer = layered && params.get("layer") !== "source" ? "readable" : "source";
  const page = pageOf(document_, offset(params, "page"), span.start);
  const bounds = page === null ? [0, document_.characters] : pageBounds(document_, page);
  const title = document_.title || document_.source || t("untitled");
  // A page that does not hold the marked place is shown unmarked.
  const here = span.start !== undefined && span.start < bounds[1] && span.end > bounds[0];
  return { collection: name, document_, title, cited: span, span: here ? span : {}, layer, layered, page, bounds };
}

/** The marked range; empty where the link names none or a senseless one. */
function spanOf(params) {
  const [start, end] = [offset(params, "start"), offset(params, "end")];
  return start !== null && end !== null && start < end ? { start, end } : {};
}

function linkTo({ collection, document_: { doc_id, revision, current }, cited, layer, layered }, changes = {}) {
  const revised = current && cited.start === undefined ? null : revision;
  const shown = { doc_id, revision: revised, ...cited, layer: layered && layer === "source" ? layer : null, ...changes };
  return documentLink(collection, shown);
}

function currentLink(name, docId) {
  return h("a", { href: documentLink(name, { doc_id: docId }) }, t("currentRevision"));
}

function leaveOnEscape(signal) {
  const leave = (event) => {
    if (event.key === "Escape" && !event.isComposing && !document.querySelector("dialog[open]")) goBack();
  };
  addEventListener("keydown", leave, { signal });
}

function goBack() {
  if (history.state?.inside) history.back();
  else location.hash = askLink();
}

function backLink() {
  const words = history.state?.inside === "ask" ? t("backToAnswer") : t("back");
  const leave = (event) => {
    event.preventDefault();
    goBack();
  };
  const link = h("a", { href: askLink(), "aria-keyshortcuts": "Escape", on: { click: leave } }, icon("back"), words);
  return h("p", { class: "back" }, link, h("kbd", { "aria-hidden": "true" }, "Esc"));
}

function sourcePage(view, text, status) {
  const { collection, document_, title, cited, layer, layered, page } = view;
  const marked = cited.start !== undefined;
  const isMarkup = layer === "source" && MARKUP.test(document_.media_type);
  return h(
    "article",
    { class: "source" },
    backLink(),
    h("h1", { lang: languageOf(title) }, title),
    !document_.current && supersededNotice(collection, document_),
    details(view),
    h(
      "div",
      { class: "actions source-actions" },
      marked && copyButton(t("copyQuote"), () => quoteOf(view) ?? document.getElementById("cited")?.textContent ?? ""),
      copyButton(t("copyLink"), () => location.href, "link"),
      h("a", { class: "button quiet small", href: askLink("", collection, { source: document_.source }) }, icon("search"), t("askThis")),
    ),
    h(
      "div",
      { class: "toolbar" },
      marked && status,
      layered && layerSwitch(view),
      page !== null && pageBar(document_, page, (number) => linkTo(view, { page: number })),
    ),
    isMarkup && h("p", { class: "note" }, t("rawNote")),
    text.element(isMarkup),
  );
}

function supersededNotice(name, { doc_id, indexed_at: indexed }) {
  return h(
    "div",
    { class: "notice", role: "note" },
    h("p", {}, t("superseded", { date: formatDate(indexed) }), " ", currentLink(name, doc_id)),
  );
}

function layerSwitch(view) {
  const choice = (layer, words) => {
    const here = view.layer === layer;
    const link = linkTo(view, { page: view.page, layer: layer === "source" ? layer : null });
    return h("a", { href: link, "aria-current": here && "true" }, t(words));
  };
  return h("div", { class: "switch", role: "group", "aria-label": t("layer") }, choice("readable", "layerReadable"), choice("source", "layerSource"));
}

function details({ document_, cited: { start, end } }) {
  const { source, metadata, published, revision, characters, copy_of: copyOf } = document_;
  const total = formatNumber(characters);
  const range = { start: formatNumber(start ?? 0), end: formatNumber(end ?? 0), total };
  const rows = [
    [t("source"), source],
    [t("publisher"), metadata?.publisher],
    [t("publishedOn"), published && formatDate(published)],
    [t("tags"), tagsOf(document_).join(", ")],
    [t("characters"), start === undefined ? t("wholeLength", { total }) : t("range", range)],
    [t("revision"), h("code", { title: revision }, revision.slice(0, 12))],
    [t("copyOfLabel"), copyOf && h("code", {}, copyOf)],
  ];
  const known = rows.filter(([, value]) => value);
  const items = known.map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, value)));
  return h("dl", { class: "record" }, items);
}

/**
 * Asks the service whether the citation holds. With the quotation at hand that is a check of its words; a link
 * from elsewhere carries none, so only the place and the revision can be vouched for.
 */
async function verify(status, view, signal) {
  const { collection, document_, cited } = view;
  const { start, end } = cited;
  if (start === undefined) return;
  const { doc_id, revision } = document_;
  const known = quoteOf(view);
  try {
    const quote = known ?? (await placed(doc_id, { collection, revision, start, end }, signal));
    const { exact, status: verdict } = await api.verify({ doc_id, revision, start, end, quote }, collection, signal);
    const words = known === null ? PLACE_WORDS : QUOTE_WORDS;
    say(status, exact ? "good" : "bad", t(words[verdict] ?? "notExact"));
  } catch (problem) {
    if (problem.name !== "AbortError") say(status, "unknown", t("checkFailed"));
  }
}

const quoteOf = ({ collection, document_: { doc_id, revision }, cited: { start, end } }) =>
  quoteBehind(collection, { doc_id, revision, start, end });

/** What stands at a place; nothing where there is no such place, which the service then says of the citation. */
async function placed(docId, place, signal) {
  const end = Math.min(place.end, place.start + CHECKED);
  try {
    return (await api.text(docId, { ...place, end }, signal)).text;
  } catch (problem) {
    if (problem.code === "range_invalid") return "";
    throw problem;
  }
}

function say(status, verdict, words) {
  status.dataset.verdict = verdict;
  status.textContent = words;
}
