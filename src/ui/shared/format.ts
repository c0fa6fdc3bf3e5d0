/** A count with thin groups: `4 210`. */
export function formatCount(count: number): string {
  return count.toLocaleString("en-US").replaceAll(",", "\u2009");
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
