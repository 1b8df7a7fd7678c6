// The interface speaks the browser's language until the reader chooses another. Only the words in use are loaded.

import { remember, remembered } from "./preferences.js";

const LANGUAGES = ["en", "zh"];

function preferred() {
  const chosen = remembered("language");
  if (LANGUAGES.includes(chosen)) return chosen;
  const known = (navigator.languages ?? [navigator.language]).map((tag) => tag.slice(0, 2).toLowerCase());
  return known.find((tag) => LANGUAGES.includes(tag)) ?? "en";
}

let current = preferred();
let words = await load(current);

async function load(name) {
  return (await import(`./words-${name}.js`))[name];
}

export const language = () => current;

/** The tag for dates and numbers. */
export const locale = () => (current === "zh" ? "zh-CN" : "en-GB");

/** Stays with the language that is there when the other cannot be loaded. */
export async function switchLanguage() {
  const other = current === "zh" ? "en" : "zh";
  words = await load(other);
  current = other;
  remember("language", current);
}

export const has = (key) => key in words;

export function t(key, values = {}) {
  const found = words[key];
  if (typeof found === "function") return found(values);
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** Puts the words into the parts of the page that are written in index.html. */
export function translateFrame() {
  document.documentElement.lang = current === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-t-label]")) {
    element.setAttribute("aria-label", t(element.dataset.tLabel));
  }
}
