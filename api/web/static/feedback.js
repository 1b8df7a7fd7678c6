// The reader's verdict on an answer, or on the lack of one: right at once, wrong with what was expected.

import { api } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { problemText } from "./states.js";

const LONGEST = 2000;

export function feedbackForm(result) {
  const box = h("section", { class: "feedback", "aria-label": t("feedback") });
  fill(box, choice(result, box));
  return box;
}

// What was sent last and under which id: sent again because no answer came, it is stored once.
const last = { sent: null, id: null };

function withId(body) {
  const sent = JSON.stringify(body);
  if (last.sent !== sent) {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    Object.assign(last, { sent, id: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") });
  }
  return { ...body, feedback_id: last.id };
}

function choice(result, box) {
  const right = h("button", { type: "button", class: "small" }, icon("check"), t("feedbackRight"));
  const wrong = h("button", { type: "button", class: "small", "aria-expanded": "false" }, icon("close"), t("feedbackWrong"));
  const failure = h("p", { class: "failure", role: "alert" });
  right.addEventListener("click", () => submit(box, failure, [right, wrong], bodyOf(result, "right")));
  wrong.addEventListener("click", () => {
    fill(box, wrongForm(result, box));
    box.querySelector("input, textarea").focus();
  });
  return [h("p", {}, t(result.answer ? "feedbackAsk" : "feedbackAskNone")), h("div", { class: "actions" }, right, wrong), failure];
}

function wrongForm(result, box) {
  const expected = h("input", { type: "text", id: "feedback-expected", maxlength: LONGEST, autocomplete: "off" });
  const nowhere = h("input", { type: "checkbox", id: "feedback-nowhere" });
  const comment = h("textarea", { id: "feedback-comment", rows: 2, maxlength: LONGEST });
  const failure = h("p", { class: "failure", role: "alert" });
  const send = h("button", { type: "submit", class: "main" }, t("feedbackSend"));
  nowhere.addEventListener("change", () => {
    expected.disabled = nowhere.checked;
  });
  const cancel = () => {
    fill(box, choice(result, box));
    box.querySelector("button").focus();
  };
  const form = h(
    "form",
    { class: "wrong" },
    h("label", { class: "field" }, h("span", {}, t("feedbackExpected")), expected),
    // "There is nothing" cannot be what was expected where nothing was found.
    result.answer && h("label", { class: "tick" }, nowhere, h("span", {}, t("feedbackNowhere"))),
    h("label", { class: "field" }, h("span", {}, t("feedbackComment")), comment),
    failure,
    h("div", { class: "actions" }, h("button", { type: "button", on: { click: cancel } }, t("cancel")), send),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const answers = nowhere.checked ? [] : [expected.value.trim()].filter(Boolean);
    const known = nowhere.checked || answers.length > 0;
    submit(box, failure, [send], {
      ...bodyOf(result, "wrong"),
      ...(known && { expected: { answerable: !nowhere.checked, answers } }),
      ...(comment.value.trim() && { comment: comment.value.trim() }),
    });
  });
  return form;
}

/** What was judged, so that it can be told later whatever the documents have become. */
function bodyOf({ question, answer, index }, verdict) {
  const body = { question, collection: index.collection, verdict, answer: answer?.text ?? null, commit: index.commit };
  if (!answer) return body;
  const { doc_id, revision, start, end, quote } = answer.span;
  return { ...body, confidence: answer.confidence, citation: { doc_id, revision, start, end, quote } };
}

async function submit(box, failure, buttons, body) {
  for (const button of buttons) button.disabled = true;
  failure.textContent = "";
  try {
    await api.feedback(withId(body));
    last.sent = null;
    const thanks = h("p", { class: "thanks", tabindex: "-1" }, icon("check"), t("feedbackThanks"));
    fill(box, thanks);
    thanks.focus({ preventScroll: true });
    announce(t("feedbackThanks"));
  } catch (problem) {
    for (const button of buttons) button.disabled = false;
    failure.textContent = problemText(problem);
  }
}
