// Adding files: one request for each, so that every file has its own progress and its own reason when it fails.

import { api } from "./api.js";
import { announce, fill, h } from "./dom.js";
import { formatPercent } from "./format.js";
import { t } from "./i18n.js";
import { problemDetail, problemText } from "./states.js";

/** `added` is called when a batch is through and at least one file was taken. */
export function uploadPanel(name, added) {
  const input = h("input", { type: "file", multiple: true, id: "files", class: "unseen" });
  const queue = h("ul", { class: "queue" });
  const zone = h(
    "section",
    { class: "drop", "aria-labelledby": "upload" },
    h("h2", { id: "upload" }, t("uploadTitle")),
    h("p", {}, `${t("uploadText")} `, input, h("label", { class: "button", for: "files" }, t("choose"))),
    h("p", { class: "note" }, t("uploadTypes")),
    queue,
  );
  const take = (files) => sendAll([...files], { name, queue, added });
  input.addEventListener("change", () => {
    take(input.files);
    input.value = "";
  });
  acceptDrops(zone, take);
  return zone;
}

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

async function sendAll(files, { name, queue, added }) {
  const lines = files.map((file) => ({ file, line: uploadLine(file) }));
  queue.append(...lines.map(({ line }) => line.element));
  let good = 0;
  for (const { file, line } of lines) good += (await sendOne(file, line, name)) ? 1 : 0;
  announce(t("uploadLive", { good, bad: files.length - good }));
  if (good > 0) await added();
}

async function sendOne(file, line, name) {
  try {
    const receipt = await api.upload(file, name, (share) => line.progress(share));
    line.done(receiptOf(receipt));
    return true;
  } catch (problem) {
    line.failed(problem);
    return false;
  }
}

function receiptOf(receipt) {
  const [{ created, unchanged, passages }] = receipt.results;
  if (unchanged) return t("unchanged");
  return t(created ? "added" : "replaced", { passages });
}

function uploadLine(file) {
  const bar = h("progress", { max: 1, value: 0, "aria-label": file.name });
  const state = h("span", { class: "state" }, t("waiting"));
  const reason = h("div", { class: "reason" });
  const element = h("li", {}, h("span", { class: "name" }, file.name), state, bar, reason);
  const finish = (verdict, words) => {
    element.dataset.verdict = verdict;
    state.textContent = words;
    bar.remove();
  };
  return {
    element,
    progress(share) {
      bar.value = share;
      state.textContent = share < 1 ? t("sending", { percent: formatPercent(share) }) : t("indexing");
      if (share >= 1) bar.removeAttribute("value");
    },
    done: (words) => finish("good", words),
    failed(problem) {
      finish("bad", t("failed"));
      fill(reason, h("p", {}, problemText(problem)), problemDetail(problem));
    },
  };
}
