// The answer card, and the card that says there is no answer.

import { alternativesFold, claims, facts, sentence, sources } from "./claims.js";
import { copyButton } from "./clipboard.js";
import { h } from "./dom.js";
import { feedbackForm } from "./feedback.js";
import { confidencePercent, formatConfidence, formatDate } from "./format.js";
import { has, t } from "./i18n.js";
import { languageOf, pointLength } from "./text.js";

// Code points up to which an answer is set in the largest and in the middle size.
const LARGEST = 12;
const MIDDLE = 30;
const EVEN = 0.5;

export function answerCard(result) {
  const { answer, alternatives, agreement, index } = result;
  const name = index.collection;
  const conflict = agreement === "conflict" && alternatives.length > 0;
  const around = sentence(answer);
  return h(
    "article",
    { class: "card answer", "aria-labelledby": "answer-label" },
    h("h2", { id: "answer-label", class: "label" }, t(answer.confidence < EVEN ? "possibleAnswer" : "answer")),
    answer.verdict && h("p", { class: `decision ${answer.verdict}` }, t(answer.verdict === "yes" ? "saysYes" : "saysNo")),
    shortAnswer(answer),
    facts(answer),
    !conflict && around,
    confidenceLine(answer.confidence),
    conflict ? claims(answer, alternatives, name) : sources(answer, agreement, name),
    !conflict && alternatives.length > 0 && alternativesFold(alternatives, name),
    h(
      "footer",
      { class: "card-foot" },
      feedbackForm(result),
      h(
        "div",
        { class: "actions" },
        copyButton(t("copyQuote"), () => citedText(answer)),
        copyButton(t("copyLink"), () => location.href, "link"),
      ),
    ),
  );
}

function shortAnswer({ text, parts = [] }) {
  if (parts.length > 1) {
    const items = parts.map((part) => h("li", {}, part));
    return h("ul", { class: "parts short", id: "answer-text", lang: languageOf(text) }, items);
  }
  const length = pointLength(text) / (languageOf(text) === "zh" ? 1 : 2);
  const size = ["largest", "middle", "long"][(length > LARGEST) + (length > MIDDLE)];
  return h("p", { class: `short ${size}`, id: "answer-text", lang: languageOf(text) }, text);
}

function confidenceLine(confidence) {
  const percent = confidencePercent(confidence);
  const words = formatConfidence(confidence);
  const bar = h(
    "div",
    {
      class: confidence < EVEN ? "bar low" : "bar", role: "meter", "aria-label": t("confidenceLabel"),
      "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": percent, "aria-valuetext": words,
    },
    h("span", {}),
  );
  bar.firstChild.style.inlineSize = `${percent}%`;
  return h(
    "div",
    { class: "confidence" },
    h("p", {}, bar, h("strong", {}, words)),
    h("p", { class: "note" }, t("confidenceNote")),
  );
}

/** The quotation as it may be pasted into a text: with its document and date. */
function citedText({ text, context, citations: [first] }) {
  const place = [first?.title || first?.source, first?.published && formatDate(first.published)].filter(Boolean);
  return place.length ? `${context || text}\n— ${place.join(", ")}` : context || text;
}

/** `unfilter` is a link that asks the same of all documents, where filters are set. */
export function abstentionCard(result, unfilter = null) {
  const { reason, passages, alternatives = [], index } = result;
  return h(
    "article",
    { class: "card abstention", "aria-labelledby": "abstention-label" },
    h("h2", { id: "abstention-label" }, t("abstention")),
    h("p", {}, t(has(reason) ? reason : "noReason")),
    unfilter && h("p", {}, t("abstentionFiltered"), " ", h("a", { href: unfilter }, t("abstentionUnfilter"))),
    h("p", { class: "note" }, t(passages.length ? "abstentionAdvice" : "abstentionAdviceAlone")),
    alternatives.length > 0 && alternativesFold(alternatives, index.collection),
    h(
      "footer",
      { class: "card-foot" },
      feedbackForm(result),
      h("div", { class: "actions" }, copyButton(t("copyLink"), () => location.href, "link")),
    ),
  );
}
