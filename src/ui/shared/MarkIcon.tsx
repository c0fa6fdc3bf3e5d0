import { MARK_PATHS, type Mark } from "../../viz/mark";
import classes from "./MarkIcon.module.css";

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
