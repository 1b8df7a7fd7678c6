// The page where questions are asked and answered.

import { answerCard, abstentionCard } from "./answer.js";
import { api } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { EXAMPLES } from "./examples.js";
import { formatConfidence } from "./format.js";
import { t } from "./i18n.js";
import { passageList } from "./passages.js";
import { askLink, documentsLink } from "./router.js";
import { collection, documentCount, keepAnswer, keptAnswer } from "./session.js";
import { loading, problemPanel } from "./states.js";

export function showAsk(main, { params }, signal) {
  const question = params.get("q")?.trim() ?? "";
  const results = h("div", { class: "results", id: "results" });
  const typing = document.activeElement?.id === "question";
  fill(main, h("div", { class: question ? "ask" : "ask welcome" }, heading(question), questionForm(question), results));
  document.title = question ? `${question} – Citespan` : "Citespan";
  // A touch screen would put its keyboard over the answer.
  if ((typing || !question) && matchMedia("(pointer: fine)").matches) document.getElementById("question").focus();
  if (question) return answerInto(results, question, signal);
  return fill(results, documentCount() === 0 ? emptyPanel() : exampleList());
}

function heading(question) {
  if (question) return h("h1", { class: "unseen" }, question);
  return h("div", { class: "lead" }, h("h1", {}, t("askTitle")), h("p", {}, t("askLead")));
}

function questionForm(question) {
  const box = h("textarea", {
    id: "question", name: "q", rows: 1, maxlength: 2000, placeholder: t("placeholder"), "aria-label": t("question"),
    "aria-keyshortcuts": "/", autocomplete: "off", enterkeyhint: "search", spellcheck: "false",
  });
  box.value = question;
  const button = h("button", { type: "submit", class: "main" }, t("ask"));
  const form = h("form", { class: "question", role: "search" }, box, button);
  box.addEventListener("keydown", (event) => {
    // While an input method is composing, Enter picks its suggestion.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const asked = box.value.trim();
    if (asked === "") box.focus();
    else follow(askLink(asked, collection()));
  });
  return form;
}

/** Goes to a link; where the page is there already, asks again. */
function follow(link) {
  if (location.hash === link) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = link;
}

function exampleList() {
  const links = EXAMPLES.map((question) => h("li", {}, h("a", { href: askLink(question, collection()) }, question)));
  return h("section", { class: "examples" }, h("h2", {}, t("examples")), h("ul", {}, links));
}

function emptyPanel() {
  return h(
    "section",
    { class: "panel empty" },
    h("h2", {}, t("emptyTitle")),
    h("p", {}, t("emptyText")),
    h("pre", {}, h("code", {}, "citespan index PATH")),
    h("a", { class: "button main", href: documentsLink(collection()) }, t("addDocuments")),
  );
}

async function answerInto(results, question, signal) {
  const name = collection();
  const kept = keptAnswer(name, question);
  if (kept) return fill(results, ...resultParts(kept));
  results.setAttribute("aria-busy", "true");
  fill(results, loading(t("searching")));
  try {
    const result = await api.ask(question, name, signal);
    keepAnswer(name, question, result);
    fill(results, ...resultParts(result));
    announce(spoken(result));
  } catch (problem) {
    if (problem.name === "AbortError") return null;
    const again = () => answerInto(results, question, signal);
    fill(results, problem.code === "not_ready" ? emptyPanel() : problemPanel(problem, again));
  } finally {
    results.removeAttribute("aria-busy");
  }
  return null;
}

function resultParts(result) {
  if (documentCount() === 0 && result.passages.length === 0) return [emptyPanel()];
  const { answer, passages } = result;
  const own = answer ? passageOf(answer, passages) : null;
  const rest = passages.filter((passage) => passage !== own);
  return [
    answer ? answerCard(result, own) : abstentionCard(result),
    rest.length > 0 && passageList(t(answer ? "morePassages" : "nearestPassages"), rest, result.index.collection),
    h("p", { class: "took" }, t("took", { ms: Math.ceil(result.took_ms), commit: result.index.commit })),
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
