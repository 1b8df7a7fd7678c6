// The frame: what stands above every page, which page is shown, and the keys that work on all of them.

import { showAsk } from "./ask.js";
import { fill, h } from "./dom.js";
import { showDocuments } from "./documents.js";
import { switchLanguage, t, translateFrame } from "./i18n.js";
import { nextTheme, theme } from "./preferences.js";
import { askLink, documentsLink, parse } from "./router.js";
import { allCollections, chooseCollection, collection, refreshCollections } from "./session.js";
import { problemPanel } from "./states.js";
import { showSource } from "./source.js";

const VIEWS = { "": showAsk, ask: showAsk, doc: showSource, documents: showDocuments };

const main = document.getElementById("main");
let leaving = new AbortController();
let shown = { view: null, hash: "" };

async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const route = parse(location.hash);
  const before = shown;
  shown = { view: route.view, hash: location.hash };
  adoptCollection(route);
  frame(route);
  try {
    await (VIEWS[route.view] ?? showMissing)(main, route, signal);
  } catch (problem) {
    if (problem.name !== "AbortError") fill(main, problemPanel(problem, show, "h1"));
  }
  if (!signal.aborted) settle(before, route);
}

/** A link may name its collection; it then is the one in use. */
function adoptCollection({ view, path, params }) {
  const name = view === "doc" ? path[0] : params.get("collection");
  if (name && allCollections().some((known) => known.name === name)) chooseCollection(name);
}

/** Coming back from a document, the reader stands where the document was opened; a new page starts at its top. */
function settle(before, { view }) {
  if (before.view === null || before.view === view || view === "doc") return;
  const opener = before.view === "doc" && [...main.querySelectorAll("a")].find((link) => link.hash === before.hash);
  if (opener) {
    opener.focus({ preventScroll: true });
    opener.scrollIntoView({ block: "center" });
  } else if (!main.contains(document.activeElement)) {
    scrollTo(0, 0);
    main.focus({ preventScroll: true });
  }
}

function showMissing() {
  document.title = "Citespan";
  const way = h("a", { class: "button", href: askLink() }, t("backToAsk"));
  fill(main, h("section", { class: "panel" }, h("h1", {}, t("notFoundTitle")), way));
}

function frame({ view }) {
  translateFrame();
  const links = { ask: askLink(), documents: documentsLink() };
  for (const link of document.querySelectorAll("nav [data-view]")) {
    const here = link.dataset.view === (view || "ask");
    link.href = links[link.dataset.view];
    if (here) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  showControls();
}

function showControls() {
  const language = document.getElementById("language");
  language.textContent = t("otherLanguage");
  language.setAttribute("aria-label", t("switchLanguage"));
  language.lang = t("otherLanguage") === "English" ? "en" : "zh";
  const button = document.getElementById("theme");
  const name = theme();
  const words = t("theme", { name: t(`theme${name[0].toUpperCase()}${name.slice(1)}`) });
  button.dataset.mode = name;
  button.title = words;
  button.setAttribute("aria-label", words);
  document.getElementById("offline").textContent = t("offline");
  document.getElementById("offline").hidden = navigator.onLine;
  showCollections();
}

function showCollections() {
  const names = allCollections().map(({ name }) => name);
  document.getElementById("collection-switch").hidden = names.length < 2;
  const select = document.getElementById("collection");
  fill(select, names.map((name) => h("option", { value: name }, name)));
  select.value = collection();
}

/** The page that is open, in another collection; a document has no counterpart there. */
function inCollection(name) {
  const { view, params } = parse(location.hash);
  if (view === "documents") return documentsLink(name);
  return view === "doc" ? askLink() : askLink(params.get("q") ?? "", name);
}

function listen() {
  addEventListener("hashchange", () => {
    // Marks entries that were reached from within, so that leaving a document can go back to them.
    if (history.state === null) history.replaceState({ inside: shown.view || "ask" }, "");
    show();
  });
  document.getElementById("skip").addEventListener("click", (event) => {
    event.preventDefault();
    main.focus();
  });
  document.getElementById("language").addEventListener("click", () => {
    switchLanguage();
    show();
  });
  document.getElementById("theme").addEventListener("click", () => {
    nextTheme();
    showControls();
  });
  document.getElementById("collection").addEventListener("change", ({ target }) => {
    chooseCollection(target.value);
    const link = inCollection(target.value);
    if (location.hash === link) show();
    else location.hash = link;
  });
  for (const event of ["online", "offline"]) addEventListener(event, showControls);
  addEventListener("keydown", focusQuestion);
}

function focusQuestion(event) {
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing) return;
  if (document.querySelector("dialog[open]")) return;
  event.preventDefault();
  if (document.getElementById("question")) selectQuestion();
  else {
    addEventListener("hashchange", () => requestAnimationFrame(selectQuestion), { once: true });
    location.hash = askLink();
  }
}

function selectQuestion() {
  const box = document.getElementById("question");
  box?.focus();
  box?.select();
}

async function start() {
  translateFrame();
  listen();
  // Without the list the page still asks the default collection; the ask itself will say what is wrong.
  await refreshCollections().catch(() => null);
  await show();
}

start();
