// The HTTP contract as functions. Each resolves to the decoded body or throws a Problem.

/** Something that went wrong: a problem+json body, or `unreachable` when no answer came. */
export class Problem extends Error {
  constructor({ code = "unknown", status = 0, title = "", detail = "" }) {
    super(detail || title || code);
    Object.assign(this, { code, status, title, detail });
  }

  static unreachable() {
    return new Problem({ code: "unreachable" });
  }

  /** `text` is the body of an answer that is not 2xx; a proxy may have written it, so it may be anything. */
  static fromBody(status, text) {
    try {
      const { code, title, detail } = JSON.parse(text);
      return new Problem({ code, status, title, detail });
    } catch {
      return new Problem({ code: `http_${status}`, status });
    }
  }
}

function address(path, params = {}) {
  const url = new URL(path, document.baseURI);
  for (const [name, value] of Object.entries(params)) {
    if (value !== null && value !== undefined) url.searchParams.set(name, value);
  }
  return url;
}

async function send(method, path, { params, body, signal } = {}) {
  const request = { method, signal, headers: { accept: "application/json" } };
  if (body !== undefined) {
    request.headers["content-type"] = "application/json";
    request.body = JSON.stringify(body);
  }
  let response;
  let text;
  try {
    response = await fetch(address(path, params), request);
    text = await response.text();
  } catch (error) {
    throw error.name === "AbortError" ? error : Problem.unreachable();
  }
  if (!response.ok) throw Problem.fromBody(response.status, text);
  return decode(response.status, text);
}

function decode(status, text) {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem({ code: "not_json", status });
  }
}

const documentPath = (docId) => `v1/documents/${encodeURIComponent(docId)}`;

export const api = {
  ask: (question, collection, signal) => send("POST", "v1/ask", { body: { question, collection }, signal }),

  collections: (signal) => send("GET", "v1/collections", { signal }),

  documents: ({ collection, after, limit }, signal) =>
    send("GET", "v1/documents", { params: { collection, after, limit }, signal }),

  document: (docId, { collection, revision }, signal) =>
    send("GET", documentPath(docId), { params: { collection, revision }, signal }),

  text: (docId, { collection, revision, start, end }, signal) =>
    send("GET", `${documentPath(docId)}/text`, { params: { collection, revision, start, end }, signal }),

  remove: (docId, collection) => send("DELETE", documentPath(docId), { params: { collection } }),

  verify: ({ doc_id, revision, start, end, quote }, collection, signal) =>
    send("POST", "v1/citations/verify", { body: { doc_id, revision, start, end, quote, collection }, signal }),

  /** One file. `onProgress` gets the share of it that was sent; fetch cannot tell, so this is an XMLHttpRequest. */
  upload(file, collection, onProgress) {
    return new Promise((resolve, reject) => {
      const form = new FormData();
      form.append("file", file);
      const request = new XMLHttpRequest();
      request.open("POST", address("v1/documents", { collection }));
      request.setRequestHeader("accept", "application/json");
      request.upload.addEventListener("progress", (event) => {
        if (event.lengthComputable) onProgress(event.loaded / event.total);
      });
      request.addEventListener("error", () => reject(Problem.unreachable()));
      request.addEventListener("load", () => {
        try {
          if (request.status >= 400) throw Problem.fromBody(request.status, request.responseText);
          resolve(decode(request.status, request.responseText));
        } catch (problem) {
          reject(problem);
        }
      });
      request.send(form);
    });
  },
};
