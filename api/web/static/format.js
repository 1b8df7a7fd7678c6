// Numbers, dates and confidence as people read them.

import { locale, t } from "./i18n.js";

export function formatNumber(number) {
  return number.toLocaleString(locale());
}

export function formatPercent(share) {
  return share.toLocaleString(locale(), { style: "percent", maximumFractionDigits: 0 });
}

/** ISO dates and times; a bare year or month, and anything else, stays as it is. */
export function formatDate(text) {
  const date = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(`${text.slice(0, 10)}T00:00:00Z`) : null;
  if (date === null || Number.isNaN(date.getTime())) return text;
  return date.toLocaleDateString(locale(), { dateStyle: "long", timeZone: "UTC" });
}

/** Confidence is a probability; 100 % is never claimed. */
export function formatConfidence(confidence) {
  const level = [[0.9, "veryLikely"], [0.7, "likely"], [0.5, "even"]].find(([floor]) => confidence >= floor);
  const percent = formatPercent(Math.min(Math.max(confidence, 0.01), 0.99));
  return t("confidence", { words: t(level ? level[1] : "doubtful"), percent });
}

/** A typed value in words; null when it says nothing that can be written out. */
export function formatValue(value) {
  if (!value) return null;
  if (value.kind === "date") return value.date ? formatDate(value.date) : null;
  const { min = null, max = null } = value;
  const write = writer(value);
  if (min === null && max === null) return null;
  if (max === null) return t("atLeast", { value: write(min) });
  if (min === null) return t("atMost", { value: write(max) });
  return min === max ? write(min) : `${write(min)} – ${write(max)}`;
}

function writer({ kind, unit }) {
  if (kind === "ratio") return numberFormat({ style: "percent", maximumFractionDigits: 2 });
  const compact = { notation: "compact", compactDisplay: "long", maximumSignificantDigits: 6 };
  if (kind === "money" && /^[A-Z]{3}$/.test(unit ?? "")) {
    return numberFormat({ ...compact, style: "currency", currency: unit, currencyDisplay: "name" });
  }
  const write = numberFormat(compact);
  return (number) => (unit ? `${write(number)} ${unit}` : write(number));
}

function numberFormat(options) {
  const format = new Intl.NumberFormat(locale(), options);
  return (number) => format.format(number);
}
