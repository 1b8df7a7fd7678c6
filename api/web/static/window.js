// A window on a document's text: some characters around a span, more on demand, never the whole of a huge file.

import { api } from "./api.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { problemText } from "./states.js";
import { languageOf, pointLength, pointSlice } from "./text.js";

const STEP = 4000;
const BEFORE = 1500;
const WIDEST_SPAN = 20000;

export class TextWindow {
  #collection;
  #document;
  #span;
  #signal;
  #start = 0;
  #end = 0;
  #before = h("span", {});
  #mark = h("mark", { tabindex: "-1", id: "cited" });
  #after = h("span", {});
  #earlier = h("div", { class: "more" });
  #later = h("div", { class: "more" });

  /** `span` is `{start, end}` in code points of the source text, or empty. */
  constructor(collection, document_, span, signal) {
    this.#collection = collection;
    this.#document = document_;
    this.#signal = signal;
    const length = document_.characters;
    this.#span = { start: Math.min(span.start ?? 0, length), end: Math.min(span.end ?? 0, length) };
  }

  get marked() {
    return this.#mark.textContent;
  }

  element(isMarkup) {
    const text = h("div", { class: isMarkup ? "window markup" : "window" }, this.#before, this.#mark, this.#after);
    return h("section", { "aria-label": t("sourceText") }, this.#earlier, text, this.#later);
  }

  async open() {
    const { start, end } = this.#span;
    const shownEnd = Math.min(end, start + WIDEST_SPAN);
    this.#start = Math.max(0, start - BEFORE);
    this.#end = Math.min(this.#document.characters, Math.max(this.#start + STEP, shownEnd + BEFORE));
    const text = await this.#read(this.#start, this.#end);
    this.#before.textContent = pointSlice(text, 0, start - this.#start);
    this.#mark.textContent = pointSlice(text, start - this.#start, shownEnd - this.#start);
    this.#after.textContent = pointSlice(text, shownEnd - this.#start);
    for (const part of [this.#before, this.#mark, this.#after]) this.#tag(part);
    if (this.#mark.textContent === "") this.#mark.remove();
    this.#offerMore();
  }

  /** Brings the marked place before the reader's eyes and the keyboard's focus. */
  reveal() {
    if (!this.#mark.isConnected) {
      scrollTo(0, 0);
      return;
    }
    this.#mark.focus({ preventScroll: true });
    const tall = this.#mark.getBoundingClientRect().height > innerHeight / 2;
    this.#mark.scrollIntoView({ block: tall ? "start" : "center" });
  }

  #tag(part) {
    const language = languageOf(part.textContent);
    if (language) part.lang = language;
  }

  async #read(start, end) {
    const { doc_id: docId, revision } = this.#document;
    const { text } = await api.text(docId, { collection: this.#collection, revision, start, end }, this.#signal);
    return text;
  }

  #offerMore() {
    const left = Math.min(STEP, this.#start);
    const right = Math.min(STEP, this.#document.characters - this.#end);
    const earlier = () => this.#button(this.#earlier, t("earlier", { n: left }), () => this.#showEarlier());
    const later = () => this.#button(this.#later, t("later", { n: right }), () => this.#showLater());
    fill(this.#earlier, left > 0 ? earlier() : t("beginning"));
    fill(this.#later, right > 0 ? later() : t("ending"));
  }

  #button(place, words, show) {
    const click = async ({ currentTarget }) => {
      currentTarget.disabled = true;
      try {
        await show();
        this.#offerMore();
        place.querySelector("button")?.focus({ preventScroll: true });
      } catch (problem) {
        if (problem.name === "AbortError") return;
        currentTarget.disabled = false;
        place.append(h("span", { role: "alert" }, ` ${problemText(problem)}`));
      }
    };
    return h("button", { type: "button", on: { click } }, words);
  }

  /** What was in view stays where it was: the new text pushes the page down by its own height. */
  async #showEarlier() {
    const start = Math.max(0, this.#start - STEP);
    const text = await this.#read(start, this.#start);
    const height = document.documentElement.scrollHeight;
    const top = scrollY;
    this.#before.prepend(text);
    this.#start = start;
    scrollTo(scrollX, top + document.documentElement.scrollHeight - height);
  }

  async #showLater() {
    const text = await this.#read(this.#end, Math.min(this.#end + STEP, this.#document.characters));
    this.#after.append(text);
    this.#end += pointLength(text);
  }
}
