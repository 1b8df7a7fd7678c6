// Buttons that copy. Over plain http to another host the browser offers no clipboard; the old way then serves.

import { announce, fill, h } from "./dom.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const before = document.activeElement;
  const box = h("textarea", { class: "unseen", "aria-hidden": "true", tabindex: "-1" });
  box.value = text;
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  before?.focus({ preventScroll: true });
  if (!done) throw new Error("not copied");
  return undefined;
}

/** `text` is called when the button is pressed. */
export function copyButton(label, text, symbol = "copy") {
  const click = async ({ currentTarget: button }) => {
    const words = await copy(text()).then(() => "copied", () => "notCopied");
    fill(button, icon(words === "copied" ? "check" : "close"), t(words));
    announce(t(words));
    setTimeout(() => fill(button, icon(symbol), label), 2500);
  };
  return h("button", { type: "button", class: "quiet small", on: { click } }, icon(symbol), label);
}
