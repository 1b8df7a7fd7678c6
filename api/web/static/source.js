// A document's own text, opened at the cited place.

import { api } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { formatDate, formatNumber } from "./format.js";
import { t } from "./i18n.js";
import { askLink, documentLink, offset } from "./router.js";
import { quoteBehind } from "./session.js";
import { copyButton, loading, problemPanel } from "./states.js";
import { TextWindow } from "./window.js";

const MARKUP = /html|xml|json|csv/;

// The verdicts of the service in words. Those that are not named here mean that the citation does not hold.
const QUOTE_WORDS = { current: "exactCurrent", superseded: "exactOld" };
const PLACE_WORDS = { current: "placeCurrent", superseded: "placeOld" };

export async function showSource(main, { path: [name, docId], params }, signal) {
  const revision = params.get("revision");
  const span = spanOf(params);
  const place = { doc_id: docId, revision, ...span };
  leaveOnEscape(signal);
  fill(main, backLink(), loading());
  try {
    const document_ = await api.document(docId, { collection: name, revision }, signal);
    const title = document_.title || document_.source || t("untitled");
    document.title = `${title} – Citespan`;
    const text = new TextWindow(name, document_, span, signal);
    const status = h("p", { class: "verdict" }, t("checking"));
    fill(main, sourcePage({ name, document_, title, span, text, status }));
    await text.open();
    text.reveal();
    await verify(status, { name, place: { ...place, revision: document_.revision }, text, signal });
  } catch (problem) {
    if (problem.name === "AbortError") return;
    const again = () => showSource(main, { path: [name, docId], params }, signal);
    const current = problem.code === "revision_not_found" && h("p", {}, currentLink(name, docId));
    fill(main, backLink(), problemPanel(problem, again, "h1"), current);
  }
}

function currentLink(name, docId) {
  return h("a", { href: documentLink(name, { doc_id: docId }) }, t("currentRevision"));
}

/** The marked range; empty where the link names none or a senseless one. */
function spanOf(params) {
  const [start, end] = [offset(params, "start"), offset(params, "end")];
  return start !== null && end !== null && start < end ? { start, end, page: offset(params, "page") } : {};
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
  const link = h("a", { href: askLink(), "aria-keyshortcuts": "Escape", on: { click: leave } }, `← ${words}`);
  return h("p", { class: "back" }, link, h("kbd", {}, "Esc"));
}

function sourcePage({ name, document_, title, span, text, status }) {
  const marked = span.start !== undefined;
  return h(
    "article",
    { class: "source" },
    h("div", { class: "bar-top" }, backLink(), marked && status),
    h("h1", {}, title),
    details(document_, span),
    !marked && !document_.current && h("p", {}, currentLink(name, document_.doc_id)),
    h(
      "p",
      { class: "actions" },
      marked && copyButton(t("copyQuote"), () => text.marked),
      copyButton(t("copyLink"), () => location.href),
    ),
    MARKUP.test(document_.media_type ?? "") && h("p", { class: "note" }, t("rawNote")),
    text.element(MARKUP.test(document_.media_type ?? "")),
  );
}

function details({ source, metadata, published, revision, characters, pages }, { start, end, page }) {
  const total = formatNumber(characters);
  const range = { start: formatNumber(start ?? 0), end: formatNumber(end ?? 0), total };
  const rows = [
    [t("source"), source],
    [t("publisher"), metadata?.publisher],
    [t("publishedOn"), published && formatDate(published)],
    [t("pageLabel"), page && t("pageOf", { page, pages })],
    [t("characters"), start === undefined ? t("wholeLength", { total }) : t("range", range)],
    [t("revision"), h("code", { title: revision }, revision.slice(0, 12))],
  ];
  const known = rows.filter(([, value]) => value);
  const items = known.map(([term, value]) => h("div", {}, h("dt", {}, term), h("dd", {}, value)));
  return h("dl", { class: "record" }, items);
}

/**
 * Asks the service whether the citation holds. With the quotation at hand that is a check of its words; a link
 * from elsewhere carries none, so only the place and the revision can be vouched for.
 */
async function verify(status, { name, place, text, signal }) {
  if (place.start === undefined) return;
  const quote = quoteBehind(location.hash);
  try {
    const { exact, status: verdict } = await api.verify({ ...place, quote: quote ?? text.marked }, name, signal);
    const words = quote === null ? PLACE_WORDS : QUOTE_WORDS;
    say(status, exact ? "good" : "bad", t(words[verdict] ?? "notExact"));
    if (verdict === "superseded") status.append(" ", currentLink(name, place.doc_id));
  } catch (problem) {
    if (problem.name !== "AbortError") say(status, "unknown", t("checkFailed"));
  }
}

function say(status, verdict, words) {
  status.dataset.verdict = verdict;
  status.textContent = words;
  announce(words);
}
