// The answer card, and the card that says there is no answer.

import { h } from "./dom.js";
import { formatConfidence, formatDate, formatValue } from "./format.js";
import { has, t } from "./i18n.js";
import { markedText, placeLine } from "./passages.js";
import { copyButton } from "./states.js";
import { languageOf, marked, onlyPlace, pointLength } from "./text.js";

const SHORT = 24;
const WHOLE = 0.8;
const EVEN = 0.5;

/** `own` is the passage that holds the first citation, where it is among the passages. */
export function answerCard({ answer, alternatives, agreement, index }, own) {
  const name = index.collection;
  return h(
    "article",
    { class: "card answer", "aria-labelledby": "answer-label" },
    h("h2", { id: "answer-label", class: "label" }, t(answer.confidence < EVEN ? "possibleAnswer" : "answer")),
    shortAnswer(answer),
    facts(answer),
    confidenceLine(answer.confidence),
    agreement === "conflict" && conflictNotice(),
    sentence(answer),
    h("ul", { class: "citations" }, answer.citations.map((citation) => h("li", {}, placeLine(name, citation)))),
    own && ownPassage(own),
    agreementNote(agreement, answer),
    alternatives.length > 0 && (agreement === "conflict" ? otherFigures : otherReadings)(alternatives, name),
    h("p", { class: "actions" }, copyButton(t("copyLink"), () => location.href)),
  );
}

function shortAnswer({ text, parts = [] }) {
  if (parts && parts.length > 1) {
    return h("ul", { class: "parts short", lang: languageOf(text) }, parts.map((part) => h("li", {}, part)));
  }
  const size = pointLength(text) > SHORT ? "short long" : "short";
  return h("p", { class: size, id: "answer-text", lang: languageOf(text) }, text);
}

/** What the answer means beyond its words: the typed value, the date that it holds for. */
function facts(answer) {
  const value = formatValue(answer.value);
  const items = [
    value && value !== answer.text && h("li", { class: "value" }, t("readAs", { value })),
    answer.verdict && h("li", { class: "verdict" }, t(answer.verdict === "yes" ? "saysYes" : "saysNo")),
    answer.as_of && h("li", { class: "as-of" }, t("asOf", { date: formatDate(answer.as_of) })),
    answer.forecast && h("li", { class: "forecast" }, t("forecast")),
  ].filter(Boolean);
  return items.length > 0 && h("ul", { class: "facts" }, items);
}

/** The sentence around the answer; an answer that is most of its sentence stands for it. */
function sentence({ text, context }) {
  if (!context || pointLength(text) > WHOLE * pointLength(context)) return null;
  const place = onlyPlace(context, text);
  return h("blockquote", { class: "sentence", lang: languageOf(context) }, marked(context, place ? [place] : []));
}

function confidenceLine(confidence) {
  const bar = h("span", { class: "bar", "aria-hidden": "true" }, h("span", {}));
  bar.firstChild.style.inlineSize = `${Math.round(confidence * 100)}%`;
  return h(
    "div",
    { class: "confidence" },
    h("p", {}, bar, h("strong", {}, formatConfidence(confidence))),
    h("p", { class: "note" }, t("confidenceNote")),
  );
}

function conflictNotice() {
  return h("div", { class: "conflict" }, h("strong", {}, t("conflictTitle")), h("p", {}, t("conflictText")));
}

function agreementNote(agreement, { citations }) {
  if (agreement === "conflict") return null;
  return h("p", { class: "agreement" }, t(agreement === "agree" ? "agree" : "single", { n: citations.length }));
}

function ownPassage(passage) {
  return h(
    "details",
    { class: "own", open: true },
    h("summary", {}, t("answerPassage")),
    markedText(passage),
  );
}

/** What contradicts the answer is in plain sight; what is merely less likely waits until it is asked for. */
function otherFigures(alternatives, name) {
  return h("section", { class: "alternatives" }, h("h3", {}, t("otherFigures")), alternativeList(alternatives, name));
}

function otherReadings(alternatives, name) {
  const title = t("otherReadings", { n: alternatives.length });
  return h("details", { class: "alternatives" }, h("summary", {}, title), alternativeList(alternatives, name));
}

function alternativeList(alternatives, name) {
  return h("ul", {}, alternatives.map((alternative) => h("li", {}, alternativeItem(alternative, name))));
}

function alternativeItem(alternative, name) {
  const [citation] = alternative.citations;
  const value = formatValue(alternative.value);
  return [
    h(
      "p",
      { class: "figure" },
      h("strong", { lang: languageOf(alternative.text) }, alternative.text),
      value && value !== alternative.text && h("span", { class: "value" }, t("readAs", { value })),
      alternative.as_of && h("span", { class: "as-of" }, t("asOf", { date: formatDate(alternative.as_of) })),
      alternative.forecast && h("span", { class: "forecast" }, t("forecast")),
    ),
    sentence(alternative),
    citation && placeLine(name, citation),
  ];
}

export function abstentionCard({ reason, passages, alternatives = [], index }) {
  return h(
    "article",
    { class: "card abstention" },
    h("h2", {}, t("abstention")),
    h("p", {}, t(has(reason) ? reason : "noReason")),
    alternatives.length > 0 && otherFigures(alternatives, index.collection),
    h("p", { class: "note" }, t(passages.length ? "abstentionAdvice" : "abstentionAdviceAlone")),
  );
}
