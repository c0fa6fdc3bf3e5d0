import { interpolateBasis, lab } from "d3";

/** The two appearances; a value must stand out from either background. */
export type Theme = "light" | "dark";

/**
 * Stops of the value scale, from 0 to 1. Lightness runs one way only (away from the background), so that the order
 * survives colour blindness and grey prints; both ends keep their hue in both themes: lilac is low, green is high.
 */
const STOPS: Record<Theme, readonly string[]> = {
  light: ["#cdc8e0", "#93b4d8", "#4b9db5", "#1a8579", "#0a6141"],
  dark: ["#544d7a", "#47709c", "#3b9a9f", "#5cc58b", "#cdea86"],
};

const RESOLUTION = 64;

/**
 * Resamples a smooth path through CIELAB so that equal differences of value are equal colour differences (perceptually uniform by
 * construction).
 */
function uniformRamp(stops: readonly string[]): readonly string[] {
  const labs = stops.map((stop) => lab(stop));
  const [l, a, b] = (["l", "a", "b"] as const).map((channel) => interpolateBasis(labs.map((stop) => stop[channel])));
  const fine = Array.from({ length: RESOLUTION * 8 + 1 }, (_, i) => {
    const t = i / (RESOLUTION * 8);
    return lab(l?.(t) ?? 0, a?.(t) ?? 0, b?.(t) ?? 0);
  });
  const travelled = [0];
  for (let i = 1; i < fine.length; i++) {
    const [a, b] = [fine[i - 1], fine[i]];
    const step = a && b ? Math.hypot(b.l - a.l, b.a - a.a, b.b - a.b) : 0;
    travelled.push((travelled[i - 1] ?? 0) + step);
  }
  const total = travelled.at(-1) ?? 0;
  let at = 0;
  return Array.from({ length: RESOLUTION + 1 }, (_, i) => {
    while (at < fine.length - 1 && (travelled[at] ?? 0) < (total * i) / RESOLUTION) at++;
    return (fine[at] ?? lab("#888")).formatHex();
  });
}

const RAMPS: Record<Theme, readonly string[]> = { light: uniformRamp(STOPS.light), dark: uniformRamp(STOPS.dark) };

/** The colour of a value in [0, 1] (clamped), as `#rrggbb`. */
export function valueColor(value: number, theme: Theme): string {
  const index = Math.round(Math.min(1, Math.max(0, value)) * RESOLUTION);
  return RAMPS[theme][index] ?? "#888888";
}
