// The keys that work on every page, and the dialog that lists them.

import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { singleKeys, switchSingleKeys } from "./preferences.js";
import { askLink } from "./router.js";

const KEYS = [
  [["/"], "keyAsk"],
  [["Enter"], "keyEnter"],
  [["Shift", "Enter"], "keyNewLine"],
  [["j"], "keyNext"],
  [["k"], "keyPrevious"],
  [["["], "keyPagePrevious"],
  [["]"], "keyPageNext"],
  [["Esc"], "keyEscape"],
  [["?"], "keyHelp"],
];

const SINGLE = {
  "/": focusQuestion,
  "?": showShortcuts,
  j: () => step(1),
  k: () => step(-1),
  "[": () => document.querySelector('[data-key="["]')?.click(),
  "]": () => document.querySelector('[data-key="]"]')?.click(),
};

export function listenForKeys() {
  addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (!singleKeys() || typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.querySelector("dialog[open]") || !Object.hasOwn(SINGLE, event.key)) return;
    event.preventDefault();
    SINGLE[event.key]();
  });
}

export function showShortcuts() {
  const box = h("input", { type: "checkbox", id: "single-keys", checked: singleKeys() });
  box.addEventListener("change", () => switchSingleKeys(box.checked));
  const rows = KEYS.map(([keys, words]) =>
    h("div", {}, h("dt", {}, keys.map((key) => h("kbd", {}, key))), h("dd", {}, t(words))),
  );
  return openDialog(t("shortcuts"), (close) => [
    h("dl", { class: "keys" }, rows),
    h("label", { class: "tick" }, box, h("span", {}, t("singleKeys"))),
    h("div", { class: "actions" }, h("button", { type: "button", autofocus: true, on: { click: () => close() } }, t("close"))),
  ]);
}

function focusQuestion() {
  if (document.getElementById("question")) selectQuestion();
  else {
    addEventListener("hashchange", () => requestAnimationFrame(selectQuestion), { once: true });
    location.hash = askLink();
  }
}

function selectQuestion() {
  const box = document.getElementById("question");
  box?.focus();
  box?.select();
}

/** The focus goes to the next or previous thing that can be opened: a citation, a passage, a document. */
function step(direction) {
  const links = [...document.querySelectorAll("main a.open")].filter((link) => link.checkVisibility());
  if (links.length === 0) return;
  const after = (link) => document.activeElement.compareDocumentPosition(link) & Node.DOCUMENT_POSITION_FOLLOWING;
  const inside = document.activeElement !== document.body && document.activeElement.id !== "main";
  const at = links.indexOf(document.activeElement);
  let next = at + direction;
  if (at < 0) next = inside ? links.findIndex(after) + (direction < 0 ? -1 : 0) : 0;
  const link = links[Math.min(Math.max(next, 0), links.length - 1)];
  link.focus({ preventScroll: true });
  link.scrollIntoView({ block: "center" });
}
