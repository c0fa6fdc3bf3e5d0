import { MARK_PATHS, type Mark } from "../../viz/marks";
import classes from "./Icon.module.css";

const PATHS = {
  play: "M5 3.2v9.6l8-4.8z",
  pause: "M4.5 3.5h2.4v9H4.5zM9.1 3.5h2.4v9H9.1z",
  stop: "M4 4h8v8H4z",
  next: "M4 3.6v8.8l6-4.4zM10.6 3.6h1.8v8.8h-1.8z",
  previous: "M12 3.6v8.8L6 8zM3.6 3.6h1.8v8.8H3.6z",
} as const;

const STROKES = {
  link: "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2a2.6 2.6 0 0 0-3.7-3.7l-.9.9M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.700l.9-.9",
  check: "M3.5 8.500l3 3 6-7",
  save: "M8 2.500v7.500M5 7l3 3 3-3M3 12.800h10",
  open: "M8 10V2.800M5 5.500l3-3 3 3M3 12.800h10",
  sun: "M8 5.200a2.8 2.8 0 1 0 0 5.600a2.8 2.8 0 0 0 0-5.600M8 1.600v1.300M8 13.100v1.300M1.6 8h1.300M13.1 8h1.300M3.5 3.500l.9.9M11.6 11.600l.9.9M3.5 12.500l.9-.9M11.6 4.400l.9-.9",
  moon: "M13.2 9.700A5.6 5.6 0 0 1 6.3 2.800a5.6 5.6 0 1 0 6.9 6.900z",
  auto: "M8 2.300a5.7 5.7 0 1 0 0 11.400a5.7 5.7 0 0 0 0-11.400M8 2.300v11.400M8.5 4.500l3.6 2M8.5 7.500l4.6 1.500M8.5 10.500l3.4 1",
  help: "M8 2.300a5.7 5.7 0 1 0 0 11.400a5.7 5.7 0 0 0 0-11.400M6.3 6.400a1.7 1.7 0 1 1 2.5 1.500c-.6.3-.8.7-.8 1.300M8 11.200v.1",
  plus: "M8 3.500v9M3.5 8h9",
  minus: "M3.5 8h9",
  fit: "M2.8 6V2.800H6M10 2.800h3.200V6M13.2 10v3.200H10M6 13.200H2.800V10",
  bin: "M3 4.500h10M6.300 4.300V2.800h3.400v1.500M4.300 4.600l.6 8.600h6.200l.6-8.600M6.800 7v3.800M9.200 7v3.800",
  close: "M4 4l8 8M12 4l-8 8",
  chevron: "M6 4l4 4-4 4",
  shuffle:
    "M2.5 4.800h2.200c3 0 3.6 6.4 6.6 6.400h2M2.5 11.200h2.200c3 0 3.6-6.4 6.6-6.400h2M11.6 2.900l1.9 1.9-1.9 1.900M11.6 9.300l1.9 1.9-1.9 1.9",
} as const;

/** The names of the icons. */
export type IconName = keyof typeof PATHS | keyof typeof STROKES;

/** A 16 by 16 pixel icon in the colour of the text. Decoration: what it stands for is said in words by its owner. */
export function Icon({ name }: { readonly name: IconName }) {
  const filled = name in PATHS;
  const path = filled ? PATHS[name as keyof typeof PATHS] : STROKES[name as keyof typeof STROKES];
  return (
    <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path
        d={path}
        fill={filled ? "currentColor" : "none"}
        stroke={filled ? "none" : "currentColor"}
        strokeWidth="1.5"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}

interface MarkIconProps {
  readonly mark: Mark;
  /** A CSS colour; hollow without. */
  readonly fill?: string | undefined;
  readonly size?: number;
}

/** A node's mark, as the tree draws it. Decoration. */
export function MarkIcon({ mark, fill, size = 14 }: MarkIconProps) {
  return (
    <svg
      className={classes.mark}
      width={size}
      height={size}
      viewBox="-1.75 -1.75 3.5 3.5"
      aria-hidden="true"
      focusable="false"
    >
      <path d={MARK_PATHS[mark]} style={{ fill: fill ?? "var(--canvas)" }} />
    </svg>
  );
}
