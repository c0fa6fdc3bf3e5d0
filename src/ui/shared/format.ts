import { exactText, PYTHON_STYLE } from "../../core/exact-json";
import type { JsonValue, Language } from "../../core/problem";

/** A count with thin groups: `4 210`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US").replaceAll(",", "\u2009");
}

/** A count with its noun: `1 problem`, `974 problems`. */
export function formatNumber(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** A time in milliseconds: `0.4 s`, `12.3 s`, `2 min 05 s`. */
export function formatDuration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 100) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, "0")} s`;
}

/** A share or a value to two places; a dash where there is none. */
export function formatValue(value: number | undefined): string {
  return value === undefined ? "–" : value.toFixed(2);
}

const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

/** A size in bytes, in powers of 1000 as files have it: `880 MB`, `1.6 GB`. */
export function formatBytes(bytes: number): string {
  const power = Math.min(UNITS.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(Math.round(bytes)) / 3));
  const amount = bytes / 1000 ** power;
  return `${amount.toFixed(power > 2 && amount < 100 ? 1 : 0)} ${UNITS[power]}`;
}

/** Seconds to wait, roughly: `40 s`, `3 min`, `1 h 20 min`. */
export function formatWait(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** A share as whole percent; nearly all is not all: `99 %`. */
export function formatShare(share: number): string {
  const percent = 100 * share;
  return `${share < 1 ? Math.min(99, Math.round(percent)) : 100} %`;
}

/** Characters: a text this short is not cut for a few lines more. */
const SHORT = 60;
/** Of a cut text, the share that may go for the sake of a whole word. */
const WORD_SHARE = 0.1;

/** The beginning of a text, to a whole word: at most so many characters and lines. The text itself when it is hardly longer. */
export function cutText(text: string, characters: number, lines: number): string {
  const slack = text.length <= SHORT ? 2 : 1.25;
  const isEndless = lines === Number.POSITIVE_INFINITY;
  const breaks = text.split("\n", Math.ceil(lines * slack) + 1);
  if (text.length <= characters * slack && (isEndless || breaks.length <= lines * slack)) return text;
  const head = isEndless ? text : breaks.slice(0, lines).join("\n");
  return toWord(head, characters).trimEnd();
}

function toWord(text: string, length: number): string {
  if (text.length <= length || /\s/.test(text.charAt(length))) return text.slice(0, length);
  const end = text.slice(0, length).search(/\s\S*$/);
  return text.slice(0, end < length * (1 - WORD_SHARE) ? length : end);
}

/** A value as people read it: JSON with a space after each comma, every digit of a large integer, and the language's own words. */
export function valueText(value: JsonValue, language: Language): string {
  return exactText(value, language === "python" ? PYTHON_STYLE : { space: " ", words: {} });
}
