// Pages live behind the hash, so that every answer and every place in a document has a link.
//   #/ask?q=…&collection=…&from=…&to=…&source=…&tag=…       source and tag may stand more than once
//   #/doc/<collection>/<doc_id>?start=…&end=…&revision=…&page=…&layer=source
//   #/documents?collection=…&named=…
//   #/history

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
  const pairs = Object.entries(params).flatMap(([name, value]) => [value].flat().map((each) => [name, each]));
  const given = pairs.filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length ? `${path}?${new URLSearchParams(given)}` : path;
}

/** `filters` as in filters.js. */
export function askLink(question = "", collection = null, filters = {}) {
  return withParams("#/ask", { q: question, collection, ...filters });
}

export function documentsLink(collection = null, named = "") {
  return withParams("#/documents", { collection, named });
}

export const historyLink = () => "#/history";

/** `place` is a citation, a passage or a document: what it lacks is left out. */
export function documentLink(collection, { doc_id, start, end, revision, page, layer }) {
  const path = `#/doc/${encodeURIComponent(collection)}/${encodeURIComponent(doc_id)}`;
  return withParams(path, { start, end, revision, page, layer });
}

/** A whole number of at least 0, or null. */
export function offset(params, name) {
  const text = params.get(name);
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Goes to a link; where the page is there already, shows it anew. */
export function follow(link) {
  if (location.hash === link) dispatchEvent(new HashChangeEvent("hashchange"));
  else location.hash = link;
}
