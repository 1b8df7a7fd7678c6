// The HTTP contract as functions. Each resolves to the decoded body or throws a Problem.

import { heldKey, signIn } from "./keys.js";

/** Something that went wrong: a problem+json body, or `unreachable` when no answer came. */
export class Problem extends Error {
  constructor({ code = "unknown", status = 0, title = "", detail = "", retryAfter = null }) {
    super(detail || title || code);
    Object.assign(this, { code, status, title, detail, retryAfter });
  }

  static unreachable() {
    return new Problem({ code: "unreachable" });
  }

  /** `text` is the body of an answer that is not 2xx; a proxy may have written it, so it may be anything. */
  static fromBody(status, text, retryAfter = null) {
    const seconds = /^\d{1,6}$/.test(retryAfter ?? "") ? Number(retryAfter) : null;
    try {
      const { code, title, detail } = JSON.parse(text);
      return new Problem({ code, status, title, detail, retryAfter: seconds });
    } catch {
      return new Problem({ code: `http_${status}`, status, retryAfter: seconds });
    }
  }
}

function address(path, params = {}) {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined && value !== "") url.searchParams.set(name, value);
  }
  return url;
}

const authorization = (key) => (key ? { authorization: `Bearer ${key}` } : {});

/** Sends with the key at hand; where the service wants another one, asks for it and sends again. */
async function send(method, path, { params, body, signal } = {}) {
  for (;;) {
    const key = heldKey();
    const response = await fetched(method, address(path, params), { key, body, signal });
    if (response.status < 400) return decode(response.status, response.text);
    const problem = Problem.fromBody(response.status, response.text, response.retryAfter);
    if (problem.status !== 401 || !(await signIn(problem.code, key))) throw problem;
  }
}

async function fetched(method, url, { key, body, signal }) {
  const headers = { accept: "application/json", ...authorization(key) };
  if (body !== undefined) headers["content-type"] = "application/json";
  try {
    const response = await fetch(url, { method, signal, headers, body: body && JSON.stringify(body) });
    return { status: response.status, text: await response.text(), retryAfter: response.headers.get("retry-after") };
  } catch (error) {
    throw error.name === "AbortError" ? error : Problem.unreachable();
  }
}

function decode(status, text) {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem({ code: "not_json", status });
  }
}

/** One attempt; fetch cannot tell how much was sent, so this is an XMLHttpRequest. */
function posted(url, form, { key, onProgress, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open("POST", url);
    request.setRequestHeader("accept", "application/json");
    for (const [name, value] of Object.entries(authorization(key))) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", ({ lengthComputable, loaded, total }) => {
      if (lengthComputable) onProgress(loaded / total);
    });
    request.addEventListener("error", () => reject(Problem.unreachable()));
    request.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("loadend", () => signal.removeEventListener("abort", stop));
    signal.addEventListener("abort", stop);
    request.send(form);
  });
}

const documentPath = (docId) => `v1/documents/${encodeURIComponent(docId)}`;

export const api = {
  /** `filters` as the service takes them; null for none. */
  ask: ({ question, collection, filters, explain }, signal) =>
    send("POST", "v1/ask", { body: { question, collection, ...(filters && { filters }), ...(explain && { explain }) }, signal }),

  collections: (signal) => send("GET", "v1/collections", { signal }),

  documents: ({ collection, after, limit, named }, signal) =>
    send("GET", "v1/documents", { params: { collection, after, limit, named }, signal }),

  document: (docId, { collection, revision }, signal) =>
    send("GET", documentPath(docId), { params: { collection, revision }, signal }),

  text: (docId, { collection, revision, start, end, layer }, signal) =>
    send("GET", `${documentPath(docId)}/text`, { params: { collection, revision, start, end, layer }, signal }),

  remove: (docId, collection) => send("DELETE", documentPath(docId), { params: { collection } }),

  verify: ({ doc_id, revision, start, end, quote }, collection, signal) =>
    send("POST", "v1/citations/verify", { body: { doc_id, revision, start, end, quote, collection }, signal }),

  feedback: (body) => send("POST", "v1/feedback", { body }),

  /** One file. `onProgress` gets the share of it that was sent. */
  async upload(file, { collection, published, tags }, { onProgress, signal }) {
    const form = new FormData();
    form.append("file", file);
    if (published) form.append("published", published);
    for (const tag of tags) form.append("tag", tag);
    for (;;) {
      signal.throwIfAborted();
      const key = heldKey();
      const answer = await posted(address("v1/documents", { collection }), form, { key, onProgress, signal });
      if (answer.status < 400) return decode(answer.status, answer.responseText);
      const problem = Problem.fromBody(answer.status, answer.responseText, answer.getResponseHeader("retry-after"));
      if (problem.status !== 401 || !(await signIn(problem.code, key))) throw problem;
    }
  },
};
