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

// The last answer stays, so that coming back from a document shows it at once and as it was.
export function keepAnswer(name, question, result) {
  lastAnswer = { name, question, result };
}

export function keptAnswer(name, question) {
  return lastAnswer?.name === name && lastAnswer.question === question ? lastAnswer.result : null;
}

export function forgetAnswer() {
  lastAnswer = null;
  documents.clear();
}

/** A link to the cited place that remembers the quotation, so that the source view can check it. */
export function citationLink(name, citation) {
  const link = documentLink(name, citation);
  quotes.set(link, citation.quote);
  return link;
}

/** The quotation behind a link; null when the link came from elsewhere. */
export const quoteBehind = (link) => quotes.get(link) ?? null;

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
