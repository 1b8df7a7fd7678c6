// Passages as they were found, and the line that says where a text stands.

import { h } from "./dom.js";
import { formatDate } from "./format.js";
import { t } from "./i18n.js";
import { citationLink, documentOf } from "./session.js";
import { languageOf, marked } from "./text.js";

export function passageList(title, passages, name) {
  return h(
    "section",
    { class: "passages" },
    h("h2", {}, title),
    h("ol", {}, passages.map((passage) => h("li", { class: "card passage" }, passageItem(passage, name)))),
  );
}

function passageItem(passage, name) {
  return [placeLine(name, passage), markedText(passage), copies(passage, name)];
}

export function markedText({ text, highlights }) {
  return h("p", { class: "text", lang: languageOf(text) }, marked(text, highlights ?? []));
}

/** Title, publisher, date and page of a citation or passage, and the way to it. */
export function placeLine(name, place) {
  const title = place.title || place.source || t("untitled");
  const { published } = place;
  const publisher = h("span", { class: "publisher" }, place.publisher ?? "");
  if (!place.publisher) fillPublisher(publisher, name, place);
  return h(
    "div",
    { class: "place" },
    h("span", { class: "title", lang: languageOf(title) }, title),
    h(
      "span",
      { class: "details" },
      publisher,
      published && h("time", { datetime: published }, t("published", { date: formatDate(published) })),
      Number.isInteger(place.page) && h("span", {}, t("page", { page: place.page })),
      place.boilerplate && h("span", {}, t("boilerplate")),
      h(
        "a",
        { class: "open", href: citationLink(name, place) },
        t("openSource"),
        h("span", { class: "unseen" }, `: ${title}`),
      ),
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
  if (!places || places.length === 0) return null;
  const links = places.map((place) => h("li", {}, h("a", { href: citationLink(name, place) }, place.title || place.source)));
  return h("div", { class: "copies" }, h("span", {}, t("alsoIn")), h("ul", {}, links));
}
