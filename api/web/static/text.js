// Offsets count Unicode code points, JavaScript strings count UTF-16 units: everything that cuts text cuts it here.

import { h } from "./dom.js";

export function pointLength(text) {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

export function pointSlice(text, start, end) {
  return Array.from(text).slice(start, end).join("");
}

/**
 * Cuts `text` at `ranges` (half-open, code points, any order, may overlap or stick out).
 * @returns {{text: string, marked: boolean}[]} pieces that joined give `text` again
 */
export function pieces(text, ranges) {
  const points = Array.from(text);
  const cut = [];
  let at = 0;
  const push = (end, marked) => {
    if (end > at) cut.push({ text: points.slice(at, end).join(""), marked });
    at = Math.max(at, end);
  };
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    push(Math.min(Math.max(start, at), points.length), false);
    push(Math.min(end, points.length), true);
  }
  push(points.length, false);
  return cut;
}

/** `text` as nodes, with its `ranges` in <mark>; empty lines become the space between paragraphs. */
export function marked(text, ranges) {
  return pieces(text, ranges).map((piece) => (piece.marked ? h("mark", {}, piece.text) : spaced(piece.text)));
}

/** The line breaks stay in the text, so that what is copied or searched is the text as it is. */
export function spaced(text) {
  return text.split(/(\n\s*\n)/).map((part, at) => (at % 2 ? h("span", { class: "gap" }, part) : part));
}

/** The one place where `part` stands in `text`, in code points; null when it stands nowhere or more than once. */
export function onlyPlace(text, part) {
  const at = part ? text.indexOf(part) : -1;
  if (at < 0 || text.indexOf(part, at + 1) >= 0) return null;
  const start = pointLength(text.slice(0, at));
  return [start, start + pointLength(part)];
}

/** What to put in `lang`, so that fonts and voices fit the text rather than the interface. */
export function languageOf(text) {
  if (/\p{Script=Han}/u.test(text)) return "zh";
  return /\p{Script=Latin}/u.test(text) ? "en" : null;
}

/** The tags of a document; the service keeps them as one text, separated by commas. */
export function tagsOf({ metadata }) {
  const { tags } = metadata ?? {};
  return typeof tags === "string" ? tags.split(",").map((tag) => tag.trim()).filter(Boolean) : [];
}
