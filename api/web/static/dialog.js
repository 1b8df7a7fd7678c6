// Modal dialogs: the browser keeps the focus inside and gives it back, Escape closes.

import { h } from "./dom.js";

let count = 0;

/**
 * Opens a dialog with `title` over `children`, which may be made by a function of `close`.
 * @returns {Promise<*>} what `close` was called with; undefined when it was left by Escape
 */
export function openDialog(title, children, { className = "" } = {}) {
  return new Promise((resolve) => {
    count += 1;
    const id = `dialog-${count}`;
    const before = document.activeElement;
    let result;
    const close = (value) => {
      result = value;
      dialog.close();
    };
    const dialog = h(
      "dialog",
      { class: className, "aria-labelledby": id },
      h("h2", { id }, title),
      typeof children === "function" ? children(close) : children,
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      (before?.isConnected ? before : document.getElementById("main")).focus({ preventScroll: true });
      resolve(result);
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** Asks before something is done; true when it was confirmed. `confirm` is the word on the button. */
export function askFirst(title, text, { confirm, keep }) {
  return openDialog(title, (close) => [
    h("p", {}, text),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", autofocus: true, on: { click: () => close(false) } }, keep),
      h("button", { type: "button", class: "danger", on: { click: () => close(true) } }, confirm),
    ),
  ]);
}
