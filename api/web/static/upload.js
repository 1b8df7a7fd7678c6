// Adding files: one request for each, so that every file has its own progress, its own end and its own reason when
// it fails.

import { api } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { formatPercent } from "./format.js";
import { t } from "./i18n.js";
import { icon } from "./icons.js";
import { problemDetail, problemText } from "./states.js";

const TYPES = ".txt,.md,.markdown,.html,.htm,.pdf,.docx,.csv,.tsv,.json,.jsonl";

// Uploads go on while another page is looked at; the queue is there again when the reader comes back.
let queue = null;
let running = Promise.resolve();
let unfinished = 0;
let whenAdded = async () => {};

/** `added` is called when a batch is through and at least one file was taken, while `signal` is not aborted. */
export function uploadPanel(name, added, signal) {
  whenAdded = async () => {
    if (!signal.aborted) await added();
  };
  const input = h("input", {
    type: "file", multiple: true, id: "files", class: "unseen", accept: TYPES, "aria-describedby": "upload-types",
  });
  const published = h("input", { type: "date", id: "upload-published" });
  const tags = h("input", { type: "text", id: "upload-tags", maxlength: 1000, autocomplete: "off" });
  queue ??= h("ul", { class: "queue", on: { retry: ({ detail: line }) => enqueue([line]) } });
  queue.setAttribute("aria-label", t("uploadQueue"));
  for (const done of queue.querySelectorAll("[data-verdict=good], [data-verdict=gone]")) done.remove();
  const field = (label, control) => h("label", { class: "field" }, h("span", {}, t(label)), control);
  const zone = h(
    "section",
    { class: "drop", "aria-labelledby": "upload" },
    h("h2", { id: "upload" }, t("uploadTitle")),
    h(
      "p",
      { class: "drop-here" },
      icon("upload"),
      h("span", {}, `${t("uploadText")} `),
      input,
      h("label", { class: "button", for: "files" }, t("choose")),
    ),
    h("p", { class: "note", id: "upload-types" }, t("uploadTypes")),
    h(
      "details",
      { class: "upload-options" },
      h("summary", {}, t("uploadOptions")),
      h("div", { class: "fields" }, field("uploadPublished", published), field("uploadTags", tags)),
    ),
    queue,
  );
  const take = (files) => {
    const named = tags.value.split(/[,，、]/).map((tag) => tag.trim());
    const fields = { collection: name, published: published.value, tags: named.filter(Boolean) };
    enqueue([...files].map((file) => uploadLine(file, fields)));
  };
  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  acceptDrops(zone, take);

  return zone;
}

/** One after the other: the service stores one change at a time anyway. */
function enqueue(lines) {
  const batch = async () => {
    let good = 0;
    for (const line of lines) good += (await line.send()) ? 1 : 0;
    count(-lines.length);
    announce(t("uploadLive", { good, bad: lines.length - good }));
    if (good > 0) await whenAdded();
  };
  count(lines.length);
  running = running.then(batch, batch);
}

/** While files are on their way, the browser asks before it closes the page. */
function count(change) {
  const before = unfinished;
  unfinished += change;
  if (before === 0 && unfinished > 0) addEventListener("beforeunload", stay);
  if (unfinished === 0) removeEventListener("beforeunload", stay);
}

const stay = (event) => event.preventDefault();

function acceptDrops(zone, take) {
  const hover = (on) => (event) => {
    event.preventDefault();
    zone.toggleAttribute("data-hover", on);
  };
  zone.addEventListener("dragover", hover(true));
  zone.addEventListener("dragleave", hover(false));
  zone.addEventListener("drop", (event) => {
    hover(false)(event);
    take(event.dataTransfer.files);
  });
}

function receiptOf({ results: [{ created, unchanged, passages }] }) {
  if (unchanged) return t("unchanged");
  return t(created ? "added" : "replaced", { passages });
}

/** A file on its way: a line of the queue, and `send`, which resolves to whether the service took it. */
function uploadLine(file, fields) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": file.name });
  const state = h("span", { class: "state" }, t("waiting"));
  const reason = h("div", { class: "reason" });
  const cancel = h("button", { type: "button", class: "quiet small", "aria-label": t("cancelNamed", { name: file.name }) }, t("cancel"));
  const again = h("button", { type: "button", class: "quiet small", "aria-label": t("retryNamed", { name: file.name }) }, t("retry"));
  const element = h("li", {}, h("span", { class: "name" }, icon("document"), file.name), state, h("span", { class: "act" }, cancel), bar, reason);
  let cancelling = new AbortController();
  const line = { element, send };
  queue.append(element);
  cancel.addEventListener("click", () => {
    cancelling.abort();
    finish("gone", t("cancelled"), again);
  });
  again.addEventListener("click", () => {
    cancelling = new AbortController();
    delete element.dataset.verdict;
    bar.value = 0;
    state.textContent = t("waiting");
    again.replaceWith(cancel);
    fill(reason);
    state.after(bar);
    queue.dispatchEvent(new CustomEvent("retry", { detail: line }));
  });
  return line;

  function finish(verdict, words, action = null) {
    element.dataset.verdict = verdict;
    state.textContent = words;
    bar.remove();
    const held = element.contains(document.activeElement);
    if (action) cancel.replaceWith(action);
    else cancel.remove();
    if (held) (action ?? document.getElementById("files")).focus();
  }

  function progress(share) {
    bar.value = share;
    state.textContent = share < 1 ? t("sending", { percent: formatPercent(share) }) : t("indexing");
    if (share >= 1) bar.removeAttribute("value");
  }

  async function send() {
    const { signal } = cancelling;
    if (signal.aborted) return false;
    try {
      finish("good", receiptOf(await api.upload(file, fields, { onProgress: progress, signal })));
      return true;
    } catch (problem) {
      if (problem.name === "AbortError") return false;
      // The same file would fail in the same way again.
      finish("bad", t("failed"), problem.code?.startsWith("file_") ? null : again);
      fill(reason, h("p", {}, problemText(problem)), problemDetail(problem));
      return false;
    }
  }
}
