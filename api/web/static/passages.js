// Passages as they were found, and the line that says where a text stands.

import { h } from "./dom.js";
import { whyFold } from "./explain.js";
import { formatDate } from "./format.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { citationLink, documentOf } from "./session.js";
import { languageOf, marked } from "./text.js";

/** `own` is the passage that the answer is quoted from; `explanation` fetches why each was found. */
export function passageList(title, { passages, index }, own, explanation) {
  const items = passages.map((passage) =>
    h("li", { class: "card passage" }, passageItem(passage, { name: index.collection, explanation, isOwn: passage === own })),
  );
  const heading = h("h2", { id: "passages" }, title);
  return h("section", { class: "passages", "aria-labelledby": "passages" }, heading, h("ol", {}, items));
}

function passageItem(passage, { name, explanation, isOwn }) {
  return [
    h(
      "div",
      { class: "passage-head" },
      h("span", { class: "rank", "aria-hidden": "true" }, passage.rank),
      placeLine(name, passage, isOwn),
    ),
    markedText(passage),
    copies(passage, name),
    whyFold(passage, explanation),
  ];
}

function markedText({ text, highlights }) {
  return h("div", { class: "text", lang: languageOf(text) }, marked(text, highlights ?? []));
}

/** Title, publisher, date and page of a citation or passage; the title leads to the place. */
export function placeLine(name, place, isOwn = false) {
  const title = place.title || place.source || t("untitled");
  const { published } = place;
  const publisher = h("span", { class: "publisher" });
  fillPublisher(publisher, name, place);
  return h(
    "div",
    { class: "place" },
    h(
      "a",
      { class: "open", href: citationLink(name, place) },
      h("span", { class: "title", lang: languageOf(title) }, title),
      h("span", { class: "unseen" }, ` – ${t("openSource")}`),
      icon("arrow"),
    ),
    h(
      "p",
      { class: "details" },
      publisher,
      published && h("time", { datetime: published }, t("published", { date: formatDate(published) })),
      Number.isInteger(place.page) && h("span", {}, t("page", { page: place.page })),
      place.source && place.source !== title && h("span", { class: "path" }, place.source),
      place.boilerplate && h("span", { class: "tag" }, t("boilerplate")),
      isOwn && h("span", { class: "tag own" }, t("ownPassage")),
    ),
  );
}

/** The publisher stands with the document, not with the citation; a line without it is no harm. */
async function fillPublisher(element, name, place) {
  try {
    const { metadata } = await documentOf(name, place);
    element.textContent = metadata?.publisher ?? "";
  } catch {
    element.textContent = "";
  }
}

function copies({ copies: places = [] }, name) {
  if (places.length === 0) return null;
  const links = places.map((place) => {
    const title = place.title || place.source;
    return h("li", {}, h("a", { href: citationLink(name, place), lang: languageOf(title) }, title));
  });
  return h("div", { class: "copies" }, h("span", {}, t("alsoIn")), h("ul", {}, links));
}
