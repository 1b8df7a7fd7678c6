// A window on a document's text: some characters around a span, more on demand, never the whole of a huge file.

import { api } from "./api.js";
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { problemText } from "./states.js";
import { languageOf, spaced } from "./text.js";

const STEP = 4000;
const BEFORE = 1500;
const WIDEST_SPAN = 20000;
// Markup may leave little to see of a step; then more steps are taken, each longer, but not without end.
const ENOUGH = 1000;
const MOST_STEPS = 8;

export class TextWindow {
  #read;
  #nodes;
  #bounds;
  #span;
  #start = 0;
  #end = 0;
  #before = h("span", {});
  #mark = h("mark", { tabindex: "-1", id: "cited" });
  #after = h("span", {});
  #earlier = h("div", { class: "more" });
  #later = h("div", { class: "more" });

  /**
   * Every offset counts code points of the source text, in either layer.
   * @param {{collection: string, document_: Object, layer: string, bounds: number[], span: Object, signal: AbortSignal}} options
   *   `bounds`: the range that may be shown, a page or the whole; `span`: `{start, end}` or empty
   */
  constructor({ collection, document_, layer, bounds, span, signal }) {
    this.#bounds = bounds;
    const inside = (at) => Math.min(Math.max(at ?? bounds[0], bounds[0]), bounds[1]);
    this.#span = { start: inside(span.start), end: inside(span.end) };
    // Where markup was taken out, a paragraph is a paragraph; a source is shown with every line that it has.
    this.#nodes = layer === "readable" ? spaced : (text) => [text];
    const { doc_id: docId, revision } = document_;
    this.#read = async (start, end) => {
      if (start >= end) return "";
      return (await api.text(docId, { collection, revision, start, end, layer }, signal)).text;
    };
  }

  element(isMarkup) {
    const text = h("div", { class: isMarkup ? "window markup" : "window" }, this.#before, this.#mark, this.#after);
    return h("section", { "aria-label": t("sourceText") }, this.#earlier, text, this.#later);
  }

  async open() {
    const { start, end } = this.#span;
    const shown = Math.min(end, start + WIDEST_SPAN);
    [this.#start, this.#end] = [start, shown];
    const [before, marked, after] = await Promise.all([
      this.#steps(-1, BEFORE),
      this.#read(start, shown),
      this.#steps(1, STEP - BEFORE),
    ]);
    // The space around a marked paragraph is not part of what is marked.
    const [, lead, body, trail] = /^(\s*)([^]*?)(\s*)$/.exec(marked);
    const rest = trail + after;
    this.#before.append(...this.#nodes(before + lead));
    this.#mark.append(...this.#nodes(body));
    this.#after.append(...this.#nodes(this.#end < this.#bounds[1] ? rest : rest.trimEnd()));
    for (const part of [this.#before, this.#mark, this.#after]) this.#tag(part);
    if (body === "") this.#mark.remove();
    this.#offerMore();
  }

  /** Brings the marked place before the reader's eyes and, unless the focus is wanted elsewhere, the keyboard's focus. */
  reveal(takesFocus) {
    if (!this.#mark.isConnected) return;
    if (takesFocus) this.#mark.focus({ preventScroll: true });
    const tall = this.#mark.getBoundingClientRect().height > innerHeight / 2;
    this.#mark.scrollIntoView({ block: tall ? "start" : "center" });
  }

  #tag(part) {
    const language = languageOf(part.textContent);
    if (language) part.lang = language;
  }

  /** Reads on in `direction`, at least `size` characters of the source or what is left, and moves the edge. */
  async #steps(direction, size) {
    const [first, last] = this.#bounds;
    let text = "";
    for (let step = 0; step < MOST_STEPS && text.trim().length < Math.min(size, ENOUGH); step += 1) {
      const reach = size * 2 ** step;
      const [low, high] =
        direction < 0
          ? [Math.max(first, this.#start - reach), this.#start]
          : [this.#end, Math.min(last, this.#end + reach)];
      if (low >= high) break;
      if (direction < 0) this.#start = low;
      else this.#end = high;
      const part = await this.#read(low, high);
      text = direction < 0 ? part + text : text + part;
    }
    return text;
  }

  #offerMore() {
    const left = Math.min(STEP, this.#start - this.#bounds[0]);
    const right = Math.min(STEP, this.#bounds[1] - this.#end);
    const earlier = () => this.#button(this.#earlier, t("earlier", { n: left }), () => this.#showEarlier());
    const later = () => this.#button(this.#later, t("later", { n: right }), () => this.#showLater());
    fill(this.#earlier, left > 0 && earlier());
    fill(this.#later, right > 0 && later());
  }

  #button(place, words, show) {
    const click = async ({ currentTarget }) => {
      currentTarget.disabled = true;
      const edges = [this.#start, this.#end];
      try {
        await show();
        this.#offerMore();
        place.querySelector("button")?.focus({ preventScroll: true });
      } catch (problem) {
        if (problem.name === "AbortError") return;
        [this.#start, this.#end] = edges;
        currentTarget.disabled = false;
        place.append(h("span", { role: "alert" }, ` ${problemText(problem)}`));
      }
    };
    return h("button", { type: "button", class: "small", on: { click } }, words);
  }

  /** What was in view stays where it was: the new text pushes the page down by its own height. */
  async #showEarlier() {
    const text = await this.#steps(-1, STEP);
    const height = document.documentElement.scrollHeight;
    const top = scrollY;
    this.#before.prepend(...this.#nodes(text));
    scrollTo(scrollX, top + document.documentElement.scrollHeight - height);
  }

  async #showLater() {
    this.#after.append(...this.#nodes(await this.#steps(1, STEP)));
  }
}
