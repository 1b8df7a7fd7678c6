// The frame: what stands above every page, and which page is shown.

import { showAsk } from "./ask.js";
import { openDialog } from "./dialog.js";
import { announce, fill, h } from "./dom.js";
import { showDocuments } from "./documents.js";
import { filtersOf } from "./filters.js";
import { clearHistory, showHistory } from "./history.js";
import { switchLanguage, t, translateFrame } from "./i18n.js";
import { heldKey, onKeyChange, signOut } from "./keys.js";
import { nextTheme, theme } from "./preferences.js";
import { askLink, documentsLink, follow, historyLink, parse } from "./router.js";
import { allCollections, chooseCollection, collection, forgetEverything, refreshCollections } from "./session.js";
import { listenForKeys, showShortcuts } from "./shortcuts.js";
import { loading, problemPanel, problemText } from "./states.js";
import { showSource } from "./source.js";

const VIEWS = { "": showAsk, ask: showAsk, doc: showSource, documents: showDocuments, history: showHistory };

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
  const links = { ask: askLink(), documents: documentsLink(), history: historyLink() };
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
  const key = document.getElementById("key");
  key.textContent = t("signOut");
  key.hidden = heldKey() === null;
  showOffline();
  showCollections();
}

/** The banner is an alert: its words are put in when it is shown, so that they are read out then. */
function showOffline() {
  const banner = document.getElementById("offline");
  banner.hidden = navigator.onLine;
  fill(banner, !navigator.onLine && h("p", {}, t("offline")));
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
  return view === "doc" ? askLink("", name) : askLink(params.get("q") ?? "", name, filtersOf(params));
}

async function changeLanguage() {
  try {
    await switchLanguage();
    show();
  } catch {
    announce(problemText({ code: "unreachable" }));
  }
}

/** On a shared device the next one must not see what was asked. */
async function leave() {
  const history = h("input", { type: "checkbox", id: "sign-out-history", checked: true });
  const sure = await openDialog(t("signOut"), (close) => [
    h("p", {}, t("signOutText")),
    h("label", { class: "tick" }, history, h("span", {}, t("signOutHistory"))),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", on: { click: () => close(false) } }, t("cancel")),
      h("button", { type: "button", class: "main", on: { click: () => close(true) } }, t("signOut")),
    ),
  ]);
  if (!sure) return;
  if (history.checked) clearHistory();
  signOut();
  forgetEverything();
  await refreshCollections().catch(() => null);
  follow(askLink());
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
  document.getElementById("language").addEventListener("click", changeLanguage);
  document.getElementById("theme").addEventListener("click", () => {
    nextTheme();
    showControls();
  });
  document.getElementById("shortcuts").addEventListener("click", showShortcuts);
  document.getElementById("key").addEventListener("click", leave);
  document.getElementById("collection").addEventListener("change", ({ target }) => {
    chooseCollection(target.value);
    follow(inCollection(target.value));
  });
  for (const event of ["online", "offline"]) addEventListener(event, showOffline);
  onKeyChange(() => {
    showControls();
    // The list of collections may be another one with this key.
    if (heldKey() !== null) refreshCollections().then(showCollections, () => null);
  });
  listenForKeys();
}

async function start() {
  frame(parse(location.hash));
  fill(main, h("h1", { class: "unseen" }, "Citespan"), loading());
  listen();
  // Without the list the page still asks the default collection; the ask itself will say what is wrong.
  await refreshCollections().catch(() => null);
  await show();
}

start();
