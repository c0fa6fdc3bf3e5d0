import type { NodeId } from "../core/run/events";
import type { TreeNode } from "../core/run/tree";
import type { Camera } from "./camera";
import type { TreeLayout } from "./layout";

/** Where a node is drawn in this frame. */
interface Place {
  column: number;
  row: number;
  /** 0 when it has just appeared, 1 when full-grown. */
  grown: number;
}

const ROW_EPSILON = 0.004;
/** Columns from its own at which a node is as good as there. */
const ARRIVED = 0.08;
const PIXEL_EPSILON = 0.15;

/** The moving picture between layouts: nodes glide to their places, new ones grow out of their parents. */
export class Stage {
  private places: Place[] = [];
  private layout: TreeLayout | undefined;
  private cameraGoal: Camera = { level: 1, slot: 1, left: 0, top: 0 };
  private cameraNow: Camera = this.cameraGoal;

  /** Sets where the nodes shall go; those beyond the layout's end disappear. */
  retarget(layout: TreeLayout, nodes: readonly TreeNode[]): void {
    this.layout = layout;
    this.places.length = Math.min(this.places.length, nodes.length);
    for (const node of nodes.slice(this.places.length)) {
      const from = node.parent === null ? undefined : this.places[node.parent];
      this.places.push({
        column: from?.column ?? 0,
        row: from?.row ?? layout.rows[node.id] ?? 0,
        grown: 0,
      });
    }
  }

  aim(camera: Camera): void {
    this.cameraGoal = camera;
  }

  /** One frame; Infinity goes to the end at once. Returns whether anything is still under way. */
  advance(elapsedMs: number): boolean {
    const moving = this.advanceCamera(elapsedMs);
    const { layout } = this;
    if (layout === undefined) return moving;
    let unfinished = false;
    this.places.forEach((place, id) => {
      const column = layout.columns[id] ?? 0;
      const row = layout.rows[id] ?? 0;
      if (place.column === column && place.row === row && place.grown === 1) return;
      place.column = approach(place.column, column, elapsedMs, ROW_EPSILON);
      place.row = approach(place.row, row, elapsedMs, ROW_EPSILON);
      place.grown = approach(place.grown, 1, elapsedMs, 0.02);
      unfinished = true;
    });
    return moving || unfinished;
  }

  private advanceCamera(elapsedMs: number): boolean {
    const [now, goal] = [this.cameraNow, this.cameraGoal];
    const glide = (key: keyof Camera, epsilon: number) => approach(now[key], goal[key], elapsedMs, epsilon);
    this.cameraNow = {
      level: glide("level", PIXEL_EPSILON),
      slot: glide("slot", 0.01),
      left: glide("left", PIXEL_EPSILON),
      top: glide("top", PIXEL_EPSILON),
    };
    return (["level", "slot", "left", "top"] as const).some((key) => this.cameraNow[key] !== now[key]);
  }

  /** Where the picture goes and where it is now. */
  get camera(): { readonly goal: Camera; readonly now: Camera } {
    return { goal: this.cameraGoal, now: this.cameraNow };
  }

  x(id: NodeId): number {
    return this.cameraNow.left + (this.places[id]?.column ?? 0) * this.cameraNow.level;
  }

  y(id: NodeId): number {
    return this.cameraNow.top + (this.places[id]?.row ?? 0) * this.cameraNow.slot;
  }

  /** Where a node goes, in pixels. */
  goal(id: NodeId): { readonly x: number; readonly y: number } {
    const { left, top, level, slot } = this.cameraGoal;
    return { x: left + (this.layout?.columns[id] ?? 0) * level, y: top + (this.layout?.rows[id] ?? 0) * slot };
  }

  /** Whether a node is still on its way to its column. */
  isArriving(id: NodeId): boolean {
    return Math.abs((this.layout?.columns[id] ?? 0) - (this.places[id]?.column ?? 0)) > ARRIVED;
  }

  grown(id: NodeId): number {
    return this.places[id]?.grown ?? 0;
  }

  /** Radius of a node in pixels: as large as the rows allow, so that neighbours never touch. */
  get radius(): number {
    return Math.min(7, Math.max(1.8, this.cameraNow.slot * 0.42));
  }

  /** The node nearest to a point in pixels within `reach` pixels. */
  nearest(x: number, y: number, reach: number): NodeId | null {
    let best: NodeId | null = null;
    let bestDistance = reach * reach;
    for (let id = 0; id < this.places.length; id++) {
      const distance = (this.x(id) - x) ** 2 + (this.y(id) - y) ** 2;
      if (distance < bestDistance) [best, bestDistance] = [id, distance];
    }
    return best;
  }
}

/** Milliseconds in which the rest of the way shrinks to a third. */
const TIME_CONSTANT = 85;

/**
 * One frame of a glide towards a target that may move at any time: no start, no end, so nothing jumps when it does.
 * Snaps once less than `epsilon` is left.
 */
export function approach(current: number, target: number, elapsedMs: number, epsilon: number): number {
  const next = current + (target - current) * (1 - Math.exp(-elapsedMs / TIME_CONSTANT));
  return Math.abs(target - next) < epsilon ? target : next;
}
