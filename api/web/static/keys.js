// The API key: asked for when the service wants one, kept until the tab is closed or, on request, on this device.
// It travels in the header Authorization alone, never in an address.

import { openDialog } from "./dialog.js";
import { h } from "./dom.js";
import { t } from "./i18n.js";
import { forget, remember, remembered } from "./preferences.js";

const NAME = "citespan.key";
const changes = new EventTarget();

let key = stored() ?? remembered("key");
let asking = null;

function stored() {
  try {
    return sessionStorage.getItem(NAME);
  } catch {
    return null;
  }
}

function store(value) {
  try {
    if (value === null) sessionStorage.removeItem(NAME);
    else sessionStorage.setItem(NAME, value);
  } catch {
    // It then lasts until the page is loaded again.
  }
}

export const heldKey = () => key;

export const onKeyChange = (listener) => changes.addEventListener("change", listener);

function hold(value, lasting) {
  key = value;
  store(value);
  if (value !== null && lasting) remember("key", value);
  else forget("key");
  changes.dispatchEvent(new Event("change"));
}

export const signOut = () => hold(null, false);

/**
 * Asks for a key, once for all requests that wait for one.
 * @param {string} code the problem that the service answered with
 * @param {?string} used the key that was refused
 * @returns {Promise<boolean>} whether there is another key to try
 */
export async function signIn(code, used) {
  if (asking === null && key !== used) return true;
  asking ??= askForKey(code).finally(() => {
    asking = null;
  });
  return asking;
}

async function askForKey(code) {
  const given = await openDialog(t("keyTitle"), (close) => keyForm(code, close), { className: "sign-in" });
  if (!given) return false;
  hold(given.key, given.lasting);
  return true;
}

function keyForm(code, close) {
  const input = h("input", {
    type: "password", id: "key-input", required: true, autocomplete: "off", spellcheck: "false", autofocus: true,
    maxlength: 500, "aria-describedby": "key-text",
  });
  const lasting = h("input", { type: "checkbox", id: "key-lasting" });
  const shown = h("input", { type: "checkbox", id: "key-shown" });
  shown.addEventListener("change", () => {
    input.type = shown.checked ? "text" : "password";
  });
  const refused = key !== null && code === "key_invalid";
  const form = h(
    "form",
    {},
    refused && h("p", { class: "failure", role: "alert" }, t("problem_key_invalid")),
    h("p", { id: "key-text" }, t("keyText")),
    h("label", { class: "field" }, h("span", {}, t("key")), input),
    h("label", { class: "tick" }, shown, h("span", {}, t("keyShow"))),
    h("label", { class: "tick" }, lasting, h("span", {}, t("keyRemember"))),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", on: { click: () => close(null) } }, t("cancel")),
      h("button", { type: "submit", class: "main" }, t("signIn")),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = input.value.trim();
    // What cannot stand in a header would make the request fail without a word.
    if (/^[\x21-\x7e]+$/.test(typed)) close({ key: typed, lasting: lasting.checked });
    else input.value = "";
  });
  return form;
}
