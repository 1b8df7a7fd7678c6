// The interface speaks the browser's language until the reader chooses another.

import { remember, remembered } from "./preferences.js";
import { en } from "./words-en.js";
import { zh } from "./words-zh.js";

const WORDS = { en, zh };

function preferred() {
  const chosen = remembered("language");
  if (chosen in WORDS) return chosen;
  const known = (navigator.languages ?? [navigator.language]).map((tag) => tag.slice(0, 2).toLowerCase());
  return known.find((tag) => tag in WORDS) ?? "en";
}

let current = preferred();

export const language = () => current;

/** The tag for dates and numbers. */
export const locale = () => (current === "zh" ? "zh-CN" : "en-GB");

export function switchLanguage() {
  current = current === "zh" ? "en" : "zh";
  remember("language", current);
}

export const has = (key) => key in WORDS[current];

export function t(key, values = {}) {
  const words = WORDS[current][key];
  if (typeof words === "function") return words(values);
  return words.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Puts the words into the parts of the page that are written in index.html. */
export function translateFrame() {
  document.documentElement.lang = current === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(element.dataset.tLabel));
  }
}
