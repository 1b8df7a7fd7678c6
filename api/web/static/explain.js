// Why a passage was found, and how the question was understood: folded away, for whoever wants to know.

import { h } from "./dom.js";
import { formatNumber, formatPercent } from "./format.js";
import { has, t } from "./i18n.js";
import { languageOf, pointSlice } from "./text.js";

// A reading below this share is of no interest to anyone.
const LEAST = 0.01;

export function whyFold({ rank, score, scores, text }, explain) {
  const named = Object.entries(scores).map(([name, value]) => [has(`score_${name}`) ? t(`score_${name}`) : name, value]);
  const rows = [...named, [t("scoreTotal"), score]].map(([name, value]) =>
    h("div", {}, h("dt", {}, name), h("dd", {}, formatNumber(Math.round(value * 100) / 100))),
  );
  const found = explain?.passages?.find((told) => told.rank === rank)?.names ?? [];
  // What stands there just as it was asked for needs no telling.
  const names = found.filter(({ by }) => by !== "question");
  const readings = (explain?.readings ?? []).filter((reading) => reading.passage === rank && reading.score >= LEAST);
  return h(
    "details",
    { class: "why" },
    h("summary", {}, t("why")),
    h("p", { class: "note" }, t("whyText")),
    h("dl", { class: "scores" }, rows),
    names.length > 0 && [
      h("p", { class: "note" }, t("whyNames")),
      h("ul", { class: "readings" }, names.map((name) => h("li", {}, `${name.asked} → `, h("span", { lang: languageOf(name.found) }, name.found)))),
    ],
    readings.length > 0 && [
      h("p", { class: "note" }, t("whyReadings")),
      h("ul", { class: "readings" }, readings.map((reading) => readingItem(text, reading))),
    ],
  );
}

function readingItem(text, { start, end, score }) {
  const read = pointSlice(text, start, end);
  return h("li", {}, h("span", { lang: languageOf(read) }, read), h("span", { class: "share" }, formatPercent(score)));
}

/** The names that were taken for the same, and what each step cost. */
export function questionFold({ explain, took_ms: took, index }) {
  const names = explain?.names ?? [];
  const steps = Object.entries(explain?.stages_ms ?? {}).filter(([name]) => has(`stage_${name}`));
  return h(
    "details",
    { class: "understood" },
    h("summary", {}, t("took", { ms: Math.ceil(took), commit: index.commit })),
    names.length > 0 && h("p", { class: "note" }, t("understoodNames")),
    names.length > 0 &&
      h("ul", {}, names.map(({ term, others }) => h("li", {}, h("strong", {}, term), ` = ${others.join(", ")}`))),
    steps.length > 0 && h("p", { class: "note" }, t("understoodSteps")),
    steps.length > 0 &&
      h(
        "dl",
        { class: "scores" },
        steps.map(([name, ms]) => h("div", {}, h("dt", {}, t(`stage_${name}`)), h("dd", {}, t("milliseconds", { ms: ms.toFixed(1) })))),
      ),
  );
}
