import type { TreeLayout } from "./layout";

/** How level units become pixels: `x = left + column * level`, `y = top + row * slot`. */
export interface Camera {
  /** Pixels from one column to the next. */
  readonly level: number;
  /** Pixels from one row to the next. */
  readonly slot: number;
  readonly left: number;
  readonly top: number;
}

/** The drawing's size in pixels. */
export interface ViewSize {
  readonly width: number;
  readonly height: number;
}

const PADDING = { left: 26, right: 84, top: 26, bottom: 26 };
/** The right padding holds the words of the last column; a narrow drawing can spare this share of its width for them. */
const MOST_RIGHT = 0.18;
const MIN_COLUMNS = 4;
const SLOT_RANGE = [3.2, 34] as const;
const LEVEL_RANGE = [24, 190] as const;

/**
 * The camera that shows the whole tree. A growing one gets room in steps (a third as many rows again each time), so that
 * it is refitted now and then rather than always.
 */
export function fitCamera(layout: TreeLayout, size: ViewSize, isGrowing: boolean): Camera {
  const right = Math.min(PADDING.right, size.width * MOST_RIGHT);
  const width = Math.max(60, size.width - PADDING.left - right);
  const height = Math.max(60, size.height - PADDING.top - PADDING.bottom);
  const columns = Math.max(MIN_COLUMNS, layout.depth);
  const rows = isGrowing ? roomFor(layout.height) : Math.max(1, layout.height);
  const slot = clamp(height / rows, SLOT_RANGE);
  const tooTall = Math.min(1, height / (layout.height * slot || 1));
  const level = clamp(width / columns, LEVEL_RANGE);
  const fitted = slot * tooTall;
  return {
    level,
    slot: fitted,
    left: PADDING.left + Math.max(0, (width - columns * level) / 2),
    top: PADDING.top + (height - layout.height * fitted) / 2,
  };
}

/** Rows to make room for: 6, 8, 11, 15, 20, 27, ... */
export function roomFor(rows: number): number {
  let room = 6;
  while (room < rows) room = Math.ceil((room * 4) / 3);
  return room;
}

/** The smallest pan that brings a point (in pixels) into the view, `margin` pixels from its border. */
export function panInto(camera: Camera, size: ViewSize, x: number, y: number, margin: number): Camera {
  const shift = (at: number, length: number) => clamp(at, [margin, Math.max(margin, length - margin)]) - at;
  return { ...camera, left: camera.left + shift(x, size.width), top: camera.top + shift(y, size.height) };
}

function clamp(value: number, [low, high]: readonly [number, number]): number {
  return Math.min(high, Math.max(low, value));
}
