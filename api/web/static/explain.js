// Why a passage was found, and how the question was understood: folded away, for whoever wants to know. To explain an
// answer takes the service longer than to give it, so that is asked for when a fold is first opened.

import { fill, h } from "./dom.js";
import { formatNumber, formatPercent } from "./format.js";
import { has, t } from "./i18n.js";
import { loading, problemText } from "./states.js";
import { languageOf, pointSlice } from "./text.js";

// A reading below this share is of no interest to anyone.
const LEAST = 0.01;

/**
 * The explanation of `result`, asked for once with `ask`, which gives the same answer explained.
 * @returns {() => Promise<?Object>} null where the index has changed since, so that it is another answer's
 */
export function explanationOf(result, ask) {
  let asked = null;
  return () => {
    asked ??= ask().then(({ explain, index }) => (index.commit === result.index.commit ? explain : null));
    asked.catch(() => (asked = null));
    return asked;
  };
}

/** `told` makes nodes of an explanation; they follow `known`, which is there at once. */
function explainedFold(name, summary, explanation, told, ...known) {
  const place = h("div", { class: "explained" });
  const fold = h("details", { class: name }, h("summary", {}, summary), known, place);
  let done = false;
  fold.addEventListener("toggle", async () => {
    if (!fold.open || done) return;
    done = true;
    fill(place, loading());
    try {
      const explain = await explanation();
      fill(place, explain ? told(explain) : h("p", { class: "note" }, t("explainChanged")));
    } catch (problem) {
      done = false;
      fill(place, problem.name !== "AbortError" && h("p", { class: "failure", role: "alert" }, problemText(problem)));
    }
  });
  return fold;
}

export function whyFold({ rank, score, scores, text }, explanation) {
  const named = Object.entries(scores).map(([name, value]) => [has(`score_${name}`) ? t(`score_${name}`) : name, value]);
  const rows = [...named, [t("scoreTotal"), score]].map(([name, value]) =>
    h("div", {}, h("dt", {}, name), h("dd", {}, formatNumber(Math.round(value * 100) / 100))),
  );
  const told = (explain) => {
    const found = explain.passages?.find((passage) => passage.rank === rank)?.names ?? [];
    // What stands there just as it was asked for needs no telling.
    const names = found.filter(({ by }) => by !== "question");
    const readings = (explain.readings ?? []).filter((reading) => reading.passage === rank && reading.score >= LEAST);
    return [
      listOf(t("whyNames"), names, ({ asked, found: here }) => [`${asked} → `, h("span", { lang: languageOf(here) }, here)]),
      listOf(t("whyReadings"), readings, ({ start, end, score: share }) => {
        const read = pointSlice(text, start, end);
        return [h("span", { lang: languageOf(read) }, read), h("span", { class: "share" }, formatPercent(share))];
      }),
    ];
  };
  return explainedFold("why", t("why"), explanation, told, h("p", { class: "note" }, t("whyText")), h("dl", { class: "scores" }, rows));
}

function listOf(title, entries, parts) {
  return entries.length > 0 && [
    h("p", { class: "note" }, title),
    h("ul", { class: "readings" }, entries.map((entry) => h("li", {}, parts(entry)))),
  ];
}

/** The names that were taken for the same, and what each step cost. */
export function questionFold({ took_ms: took, index }, explanation) {
  return explainedFold("understood", t("took", { ms: Math.ceil(took), commit: index.commit }), explanation, (explain) => {
    const names = explain.names ?? [];
    const steps = Object.entries(explain.stages_ms ?? {}).filter(([name]) => has(`stage_${name}`));
    return [
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
    ];
  });
}
