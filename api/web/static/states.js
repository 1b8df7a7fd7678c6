// What stands on the page when there is nothing to read: loading, a problem, nothing there.

import { announce, h } from "./dom.js";
import { has, t } from "./i18n.js";

// What a proxy may say without a code of ours.
const BY_STATUS = {
  401: "key_missing",
  403: "forbidden",
  413: "body_too_large",
  429: "rate_limited",
  502: "unavailable",
  503: "unavailable",
};

export function loading(words = t("loading")) {
  return h("p", { class: "loading" }, h("span", { class: "dots", "aria-hidden": "true" }), words);
}

/** A problem in the reader's words: by its code, then by its status. */
export function problemText({ code, status, retryAfter }) {
  const key = [`problem_${code}`, `problem_${BY_STATUS[status]}`].find(has);
  const wait = Number.isInteger(retryAfter) ? ` ${t("retryAfter", { seconds: retryAfter })}` : "";
  return t(key ?? "problem_unknown") + wait;
}

/** The service's own words under ours, for whoever has to look into it. */
export function problemDetail(problem) {
  const detail = problem.detail || problem.title;
  return h("p", { class: "detail" }, h("code", {}, problem.code), detail && ` ${detail}`);
}

/** `heading` is h1 where the panel is all there is on the page. */
export function problemPanel(problem, retry = null, heading = "h2") {
  announce(`${t("problemTitle")}. ${problemText(problem)}`);
  return h(
    "section",
    { class: "panel problem" },
    h(heading, {}, t("problemTitle")),
    h("p", {}, problemText(problem)),
    problemDetail(problem),
    retry && h("button", { type: "button", on: { click: retry } }, t("retry")),
  );
}
