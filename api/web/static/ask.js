// The page where questions are asked and answered.

import { abstentionCard, answerCard } from "./answer.js";
import { api } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { EXAMPLES } from "./examples.js";
import { explanationOf, questionFold } from "./explain.js";
import { asRequest, filterChips, filterCount, filterPanel, filtersOf, isFiltered } from "./filters.js";
import { formatConfidence } from "./format.js";
import { keepInHistory } from "./history.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { passageList } from "./passages.js";
import { askLink, documentsLink, follow } from "./router.js";
import { collection, documentCount, keepAnswer, keptAnswer } from "./session.js";
import { loading, problemPanel } from "./states.js";

export function showAsk(main, { params }, signal) {
  const asked = { question: params.get("q")?.trim() ?? "", name: collection(), filters: filtersOf(params) };
  const results = h("div", { class: "results", id: "results" });
  const typing = document.activeElement?.id === "question";
  const filtering = document.activeElement?.closest?.("#filters, .chips");
  const { question } = asked;
  fill(main, h("div", { class: question ? "ask" : "ask welcome" }, heading(question), questionForm(asked), results));
  document.title = question ? `${question} – Citespan` : "Citespan";
  // A touch screen would put its keyboard over the answer.
  if (filtering) main.querySelector(".question-foot button").focus();
  else if ((typing || !question) && matchMedia("(pointer: fine)").matches) document.getElementById("question").focus();
  if (question) return answerInto(results, asked, signal);
  return fill(results, documentCount() === 0 ? emptyPanel() : exampleList());
}

function heading(question) {
  if (question) return h("h1", { class: "unseen" }, question);
  return h("div", { class: "lead" }, h("h1", {}, t("askTitle")), h("p", {}, t("askLead")));
}

const linkOf = ({ question, name, filters }) => askLink(question, name, filters);

function questionForm(asked) {
  const box = h("textarea", {
    id: "question", name: "q", rows: 1, maxlength: 2000, placeholder: t("placeholder"), "aria-label": t("question"),
    "aria-keyshortcuts": "/", autocomplete: "off", enterkeyhint: "search", spellcheck: "false",
  });
  box.value = asked.question;
  const go = (filters) => follow(linkOf({ ...asked, question: box.value.trim(), filters }));
  const form = h(
    "form",
    { class: "question", role: "search" },
    box,
    h("div", { class: "question-foot" }, filterToggle(), h("button", { type: "submit", class: "main" }, t("ask"), icon("arrow"))),
  );
  box.addEventListener("keydown", (event) => {
    // While an input method is composing, Enter picks its suggestion.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (box.value.trim() === "") box.focus();
    else go(asked.filters);
  });
  return h("div", { class: "asking" }, form, h("div", { id: "filter-place" }), filterChips(asked.filters, go));

  function filterToggle() {
    const toggle = h(
      "button",
      { type: "button", class: "quiet small", "aria-expanded": "false", "aria-controls": "filter-place" },
      icon("filter"),
      t("filtersCount", { n: filterCount(asked.filters) }),
    );
    toggle.addEventListener("click", () => {
      const place = document.getElementById("filter-place");
      const open = place.childElementCount === 0;
      fill(place, open && filterPanel(asked.filters, go));
      toggle.setAttribute("aria-expanded", open);
      if (open) document.getElementById("filter-from").focus();
    });
    return toggle;
  }
}

function exampleList() {
  const links = EXAMPLES.map((question) => h("li", {}, h("a", { href: askLink(question, collection()) }, question)));
  return h("section", { class: "examples", "aria-labelledby": "examples" }, h("h2", { id: "examples" }, t("examples")), h("ul", {}, links));
}

function emptyPanel() {
  return h(
    "section",
    { class: "panel empty" },
    h("h2", {}, t("emptyTitle")),
    h("p", {}, t("emptyText")),
    h("pre", { tabindex: "0" }, h("code", {}, "citespan index PATH")),
    h("a", { class: "button main", href: documentsLink(collection()) }, t("addDocuments")),
  );
}

async function answerInto(results, asked, signal) {
  const link = linkOf(asked);
  const kept = keptAnswer(link);
  if (kept) return fill(results, ...resultParts(kept, asked, signal));
  results.setAttribute("aria-busy", "true");
  fill(results, loading(t("searching")));
  try {
    const result = await api.ask(bodyOf(asked), signal);
    keepAnswer(link, result);
    keepInHistory({ question: asked.question, link, answer: result.answer?.text ?? null });
    fill(results, ...resultParts(result, asked, signal));
    announce(spoken(result));
  } catch (problem) {
    if (problem.name === "AbortError") return null;
    const again = () => answerInto(results, asked, signal);
    fill(results, problem.code === "not_ready" ? emptyPanel() : problemPanel(problem, again));
  } finally {
    results.removeAttribute("aria-busy");
  }
  return null;
}

const bodyOf = ({ question, name, filters }) => ({ question, collection: name, filters: asRequest(filters) });

function resultParts(result, asked, signal) {
  const { question, name, filters } = asked;
  const { answer, passages } = result;
  if (documentCount() === 0 && passages.length === 0) return [emptyPanel()];
  const unfilter = isFiltered(filters) ? askLink(question, name) : null;
  const own = answer ? passageOf(answer, passages) : null;
  const explanation = explanationOf(result, () => api.ask({ ...bodyOf(asked), explain: true }, signal));
  return [
    answer ? answerCard(result) : abstentionCard(result, unfilter),
    passages.length > 0 && passageList(t(answer ? "passages" : "nearestPassages"), result, own, explanation),
    questionFold(result, explanation),
  ];
}

/** The passage that holds the answer's first citation. */
function passageOf({ citations: [first] }, passages) {
  return passages.find(
    ({ doc_id, start, end }) => first && doc_id === first.doc_id && start <= first.start && first.end <= end,
  ) ?? null;
}

function spoken({ answer, reason }) {
  if (answer) return t("answerLive", { text: answer.text, confidence: formatConfidence(answer.confidence) });
  return `${t("abstention")}. ${t(reason ?? "noReason")}`;
}
