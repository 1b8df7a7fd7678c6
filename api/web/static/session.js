// What the page knows while it is open: the collections, the one in use, the last answer and the quotations shown.

import { api } from "./api.js";
import { remember, remembered } from "./preferences.js";
import { documentLink } from "./router.js";

let collections = null;
let fallback = "default";
let chosen = remembered("collection");
let lastAnswer = null;
const quotes = new Map();
const documents = new Map();

export async function refreshCollections(signal) {
  ({ collections, default: fallback } = await api.collections(signal));
}

/** Nothing that was read with one key may be seen with another. */
export function forgetEverything() {
  collections = null;
  quotes.clear();
  forgetAnswer();
}

export const allCollections = () => collections ?? [];

/** The collection in use: the chosen one while it exists, else the service's own default. */
export function collection() {
  return allCollections().some(({ name }) => name === chosen) ? chosen : fallback;
}

export function chooseCollection(name) {
  chosen = name;
  remember("collection", name);
}

/** How many documents the collection in use holds; null when that is not known. */
export function documentCount() {
  if (collections === null) return null;
  const found = collections.find(({ name }) => name === collection());
  return found ? (found.documents ?? null) : 0;
}

// The last answer stays, so that coming back from a document shows it at once and as it was. `link` is its question's.
export function keepAnswer(link, result) {
  lastAnswer = { link, result };
}

export const keptAnswer = (link) => (lastAnswer?.link === link ? lastAnswer.result : null);

export function forgetAnswer() {
  lastAnswer = null;
  documents.clear();
}

const placeKey = (name, { doc_id, revision, start, end }) => JSON.stringify([name, doc_id, revision, start, end]);

/** A link to the cited place. The quotation is remembered, so that the source view can check it. */
export function citationLink(name, citation) {
  quotes.set(placeKey(name, citation), citation.quote);
  return documentLink(name, citation);
}

/** The quotation that was shown of a place; null when the reader came from elsewhere. */
export const quoteBehind = (name, place) => quotes.get(placeKey(name, place)) ?? null;

/** What is known of a document, asked once for each revision. */
export function documentOf(name, { doc_id, revision }, signal) {
  const key = JSON.stringify([name, doc_id, revision]);
  if (!documents.has(key)) {
    const answer = api.document(doc_id, { collection: name, revision }, signal);
    documents.set(key, answer);
    answer.catch(() => documents.delete(key));
  }
  return documents.get(key);
}
