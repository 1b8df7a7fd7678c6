// What the documents say, side by side where they disagree, and which of them say it.

import { h } from "./dom.js";
import { formatDate, formatValue } from "./format.js";
import { t } from "./i18n.js";
import { placeLine } from "./passages.js";
import { languageOf, marked, onlyPlace, pointLength } from "./text.js";

const WHOLE = 0.8;

/** The sentence around the answer; an answer that is most of its sentence stands for it. */
export function sentence({ text, context }) {
  if (!context || pointLength(text) > WHOLE * pointLength(context)) return null;
  const place = onlyPlace(context, text);
  return h("blockquote", { class: "sentence", lang: languageOf(context) }, marked(context, place ? [place] : []));
}

/** What the answer means beyond its words: the typed value, the date that it holds for. */
export function facts(answer) {
  const value = formatValue(answer.value);
  const items = [
    value && value !== answer.text && h("li", { class: "value" }, t("readAs", { value })),
    answer.as_of && h("li", { class: "as-of" }, t("asOf", { date: formatDate(answer.as_of) })),
    answer.forecast && h("li", { class: "tag" }, t("forecast")),
  ].filter(Boolean);
  return items.length > 0 && h("ul", { class: "facts" }, items);
}

/** The places that the answer is quoted from. */
export function sources({ citations }, agreement, name) {
  const words = agreement === "agree" ? "agree" : "single";
  return h(
    "section",
    { class: "sources" },
    h("h3", { class: "label" }, t(words, { n: citations.length })),
    h("ul", { class: "citations" }, citations.map((citation) => h("li", {}, placeLine(name, citation)))),
  );
}

/** Figures that contradict each other are in plain sight, side by side, each with its date and source. */
export function claims(answer, alternatives, name) {
  const documents = new Set([answer, ...alternatives].flatMap(({ citations }) => citations.map(({ doc_id }) => doc_id)));
  return h(
    "section",
    { class: "conflict", "aria-labelledby": "conflict-label" },
    h("h3", { id: "conflict-label" }, t(documents.size > 1 ? "conflictTitle" : "conflictTitleOne")),
    h("p", {}, t("conflictText")),
    h(
      "ul",
      { class: "claims" },
      [answer, ...alternatives].map((each, at) => h("li", { class: "claim" }, claim(each, name, at === 0))),
    ),
  );
}

function claim(each, name, chosen) {
  return [
    h("p", { class: "label" }, t(chosen ? "claimChosen" : "claimOther")),
    h("p", { class: "figure", lang: languageOf(each.text) }, each.text),
    facts(each),
    sentence(each),
    h("ul", { class: "citations" }, each.citations.map((citation) => h("li", {}, placeLine(name, citation)))),
  ];
}

/** What is merely less likely waits until it is asked for. */
export function alternativesFold(alternatives, name) {
  const items = alternatives.map((alternative) => {
    const [citation] = alternative.citations;
    return h(
      "li",
      {},
      h("p", { class: "figure", lang: languageOf(alternative.text) }, alternative.text),
      facts(alternative),
      sentence(alternative),
      citation && placeLine(name, citation),
    );
  });
  return h(
    "details",
    { class: "alternatives" },
    h("summary", {}, t("otherReadings", { n: alternatives.length })),
    h("ul", {}, items),
  );
}
