// Deleting a document: asked first, done while the dialog stands, so that a failure is told where it happened.

import { api } from "./api.js";
import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { problemText } from "./states.js";

/** @returns {Promise<?Object>} the service's receipt; nothing where the document was kept */
export function confirmRemoval(name, docId, title) {
  return openDialog(t("removeTitle"), (close) => {
    const failure = h("p", { class: "failure", role: "alert" });
    const confirm = h("button", { type: "button", class: "danger" }, t("remove"));
    confirm.addEventListener("click", async () => {
      confirm.disabled = true;
      failure.textContent = "";
      try {
        close(await api.remove(docId, name));
      } catch (problem) {
        confirm.disabled = false;
        failure.textContent = problemText(problem);
      }
    });
    const keep = h("button", { type: "button", autofocus: true, on: { click: () => close() } }, t("keep"));
    return [h("p", {}, t("removeText", { title })), failure, h("div", { class: "actions" }, keep, confirm)];
  });
}
