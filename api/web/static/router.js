// Pages live behind the hash, so that every answer and every place in a document has a link.
//   #/ask?q=…&collection=…
//   #/doc/<collection>/<doc_id>?start=…&end=…&revision=…&page=…
//   #/documents?collection=…

/** @returns {{view: string, path: string[], params: URLSearchParams}} */
export function parse(hash) {
  const [path, search = ""] = splitOnce(hash.replace(/^#\/?/, ""), "?");
  const params = new URLSearchParams(search);
  try {
    const [view, ...rest] = path.split("/").map(decodeURIComponent);
    return { view, path: rest, params };
  } catch {
    return { view: "", path: [], params };
  }
}

function splitOnce(text, separator) {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function withParams(path, params) {
  const given = Object.entries(params).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

export function askLink(question = "", collection = null) {
  return withParams("#/ask", { q: question, collection });
}

export function documentsLink(collection = null) {
  return withParams("#/documents", { collection });
}

/** `place` is a citation, a passage or a document: what it lacks is left out. */
export function documentLink(collection, { doc_id, start, end, revision, page }) {
  const path = `#/doc/${encodeURIComponent(collection)}/${encodeURIComponent(doc_id)}`;
  return withParams(path, { start, end, revision, page });
}

/** A whole number of at least 0, or null. */
export function offset(params, name) {
  const text = params.get(name);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
