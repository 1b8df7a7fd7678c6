// Numbers, dates and confidence as people read them.

import { language, locale, t } from "./i18n.js";

export function formatNumber(number) {
  return number.toLocaleString(locale());
}

export function formatPercent(share) {
  return share.toLocaleString(locale(), { style: "percent", maximumFractionDigits: 0 });
}

/** ISO dates, times and intervals; a bare year or month, and anything else, stays as it is. */
export function formatDate(text) {
  const [from, to] = text.split("/");
  if (to !== undefined) return `${formatDate(from)} – ${formatDate(to)}`;
  const date = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(`${text.slice(0, 10)}T00:00:00Z`) : null;
  if (date === null || Number.isNaN(date.getTime())) return text;
  return date.toLocaleDateString(locale(), { dateStyle: "long", timeZone: "UTC" });
}

/** The time of day, of an ISO time. */
export function formatTime(text) {
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? "" : time.toLocaleTimeString(locale(), { timeStyle: "short" });
}

/** Confidence is a probability; 100 % is never claimed. */
export function confidencePercent(confidence) {
  return Math.round(100 * Math.min(Math.max(confidence, 0.01), 0.99));
}

export function formatConfidence(confidence) {
  const level = [[0.9, "veryLikely"], [0.7, "likely"], [0.5, "even"]].find(([floor]) => confidence >= floor);
  const percent = formatPercent(confidencePercent(confidence) / 100);
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

function writer({ kind, unit, per }) {
  if (kind === "ratio") return ratioWriter(unit);
  if (kind === "money") return moneyWriter(unit, per);
  const write = plainWriter();
  if (kind === "duration") return (number) => t("duration", { n: number, number: write(number), unit });
  // Chinese counts with a measure word, which says nothing in English.
  const shown = unit && !(language() === "en" && /\p{Script=Han}/u.test(unit)) ? unit : null;
  return (number) => (shown ? `${write(number)} ${shown}` : write(number));
}

function ratioWriter(unit) {
  if (unit === "倍") return (number) => t("times", { number: formatNumber(number) });
  if (unit === "百分点") return (number) => t("points", { number: formatNumber(Math.round(number * 1e4) / 100) });
  return numberFormat({ style: "percent", maximumFractionDigits: 2 });
}

function moneyWriter(unit, per) {
  const behind = per ? ` / ${t("perUnit", { unit: per })}` : "";
  if (/^[A-Z]{3}$/.test(unit ?? "")) {
    const large = numberFormat({ ...COMPACT, style: "currency", currency: unit, currencyDisplay: "name" });
    const exact = { maximumFractionDigits: 2, trailingZeroDisplay: "stripIfInteger" };
    const small = numberFormat({ ...exact, style: "currency", currency: unit, currencyDisplay: "name" });
    return (number) => (Math.abs(number) < LARGE ? small : large)(number) + behind;
  }
  const write = plainWriter();
  return (number) => (unit ? `${write(number)} ${unit}` : write(number)) + behind;
}

// From here on numbers are written in words: 22 million, 2200万.
const LARGE = 1e5;
const COMPACT = { notation: "compact", compactDisplay: "long", maximumSignificantDigits: 6 };

function plainWriter() {
  const [large, small] = [numberFormat(COMPACT), numberFormat({ maximumFractionDigits: 4 })];
  return (number) => (Math.abs(number) < LARGE ? small : large)(number);
}

function numberFormat(options) {
  const format = new Intl.NumberFormat(locale(), options);
  return (number) => format.format(number);
}
