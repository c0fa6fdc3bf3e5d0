import { type Selection, select } from "d3";
import type { NodeId } from "../core/run/events";
import type { TreeNode } from "../core/run/tree";
import type { ViewSize } from "./camera";
import { edgeWidth } from "./draw-tree";
import {
  chooseLabels,
  crowdedNodes,
  ellipsize,
  type LabelCandidate,
  shortLabel,
  siblingLabel,
  valuesLabel,
} from "./labels";
import type { Scene } from "./scene";
import type { Stage } from "./stage";

const LINE_GAP = 13;
/** Nodes closer than this have no words. */
const CROWDED_GAP = 16;
const FONT_PIXELS = 11.5;
const SPECIMEN = "keep the even ones, multiply by 2";
/** From an edge to the middle of a line that stands on it, and to the foot of a count that hangs under it. */
const ABOVE_EDGE = 8;
const BELOW_EDGE = 10;
const LEAST_CHARACTERS = 8;
const MOST_CHARACTERS = 44;
/** Rows at least this far apart have room for a count below the edge; else it stands with the words. */
const ROOM_FOR_COUNT = 25;

/**
 * The words beside the nodes, and the count badges; as many as fit without touching each other. Words stand to the right,
 * above the edge if one follows; where several follow, to the left, above the edge that leads to the node, or below it if the
 * words of the node before stand there.
 */
export class LabelDrawing {
  private readonly labels: Selection<SVGGElement, unknown, null, undefined>;
  /** The line of each label: 0 above its edge, 1 below. */
  private lines: ReadonlyMap<NodeId, number> = new Map();
  private readonly counts: Selection<SVGGElement, unknown, null, undefined>;
  /** Pixels of an average character in the page's font. */
  private readonly character: number;

  constructor(layer: SVGGElement) {
    this.character = measureCharacter(getComputedStyle(layer).fontFamily);
    this.labels = select(layer).append("g").attr("class", "labels");
    this.counts = select(layer).append("g").attr("class", "counts");
  }

  /** Chooses the labels for where the nodes are now. Cheap enough for every frame of a gesture. */
  update(scene: Scene, stage: Stage, size: ViewSize, hovered: NodeId | null): void {
    const room = Math.floor((stage.camera.now.level - stage.radius * 2 - 16) / this.character);
    const lengthFor = ({ id }: TreeNode) =>
      id === hovered || id === scene.selected ? MOST_CHARACTERS : Math.min(room, MOST_CHARACTERS);
    const isRoomy = stage.camera.now.slot >= ROOM_FOR_COUNT;
    const chosen = chooseLabels(candidates(scene, stage, size, hovered, room), LINE_GAP);
    this.lines = chosen;
    const isUnder = ({ id }: TreeNode) => chosen.get(id) === BELOW;
    const counted = scene.nodes.filter((node) => node.count > 1 && !isUnder(node));
    this.labels
      .selectAll<SVGTextElement, TreeNode>("text")
      .data(
        scene.nodes.filter((node) => chosen.has(node.id)),
        (node) => node.id,
      )
      .join("text")
      .attr("class", (node) => labelClass(scene, node, hovered))
      .text((node) => {
        const count = isRoomy && !isUnder(node) ? "" : countOf(node);
        const values = node.id === hovered ? valuesLabel(node) : "";
        return labelText(node, scene.nodes, lengthFor(node), [count, values].filter((part) => part !== "").join(" "));
      })
      .filter((node) => node.id === hovered)
      // It may reach over its neighbours' words.
      .raise();
    this.counts
      .selectAll<SVGTextElement, TreeNode>("text")
      .data(isRoomy ? counted : [], (node) => node.id)
      .join("text")
      .text(countOf);
  }

  /** Moves the words along with their nodes. */
  place(stage: Stage): void {
    const { radius } = stage;
    const { lines } = this;
    this.labels.selectAll<SVGTextElement, TreeNode>("text").each(function (node) {
      const { dx, dy } = offsetOf(node, radius, lines.get(node.id));
      this.setAttribute("x", (stage.x(node.id) + dx).toFixed(1));
      this.setAttribute("y", (stage.y(node.id) + dy).toFixed(1));
    });
    this.counts.selectAll<SVGTextElement, TreeNode>("text").each(function (node) {
      this.setAttribute("x", (stage.x(node.id) - radius - 1).toFixed(1));
      this.setAttribute("y", (stage.y(node.id) + BELOW_EDGE + edgeWidth(node.visitCount, radius) / 2).toFixed(1));
    });
  }
}

function countOf(node: TreeNode): string {
  return node.count > 1 ? `×${node.count}` : "";
}

/** What tells siblings apart is worth its room only where some of it can be read. */
const LEAST_FURTHER_CHARACTERS = 8;

/** A step in words, and behind them what is counted or measured of it. */
function labelText(node: TreeNode, nodes: readonly TreeNode[], length: number, figures: string): string {
  const room = figures === "" ? length : length - figures.length - 1;
  const short = shortLabel(node);
  const label = room < short.length + LEAST_FURTHER_CHARACTERS ? short : siblingLabel(node, nodes);
  return figures === "" ? ellipsize(label, room) : `${ellipsize(label, room)} ${figures}`;
}

const BELOW = 1;

/** Where a label stands, from its node's centre to the middle of its line. */
function offsetOf(node: TreeNode, radius: number, line = 0): { readonly dx: number; readonly dy: number } {
  if (node.children.length === 0) return { dx: radius + 6, dy: 0 };
  const beside = radius + 4;
  const half = edgeWidth(node.visitCount, radius) / 2;
  const dy = line === BELOW ? BELOW_EDGE + half : -ABOVE_EDGE - half;
  return { dx: node.children.length === 1 ? beside : -beside, dy };
}

/** The lines a label may stand on: where several edges follow, also the one below the edge that leads to the node. */
function linesOf(node: TreeNode, y: number, radius: number): readonly [number, ...number[]] {
  const above = y + offsetOf(node, radius).dy;
  return node.children.length > 1 ? [above, y + offsetOf(node, radius, BELOW).dy] : [above];
}

/** A lane is the room between two columns: to the left of a node that fans out, to the right of any other. */
function laneOf({ depth, children }: TreeNode): number {
  return children.length > 1 ? depth : depth + 1;
}

function candidates(
  scene: Scene,
  stage: Stage,
  size: ViewSize,
  hovered: NodeId | null,
  room: number,
): LabelCandidate[] {
  const priorities = prioritiesOf(scene, hovered);
  const crowded = crowdedOf(scene, stage);
  return scene.nodes.flatMap((node): LabelCandidate[] => {
    const { id, depth } = node;
    const [x, y] = [stage.x(id), stage.y(id)];
    if (depth === 0 || x < 0 || x > size.width || y < 0 || y > size.height) return [];
    const priority = priorities.get(id) ?? 0;
    if (priority < SELECTED && room < LEAST_CHARACTERS) return [];
    const ys = linesOf(node, y, stage.radius);
    return [{ id, lane: laneOf(node), ys, priority, isCrowded: crowded.has(id) }];
  });
}

const [ACTIVE, ANSWER, SELECTED, HOVERED] = [1, 2, 3, 4] as const;

function prioritiesOf(scene: Scene, hovered: NodeId | null): ReadonlyMap<NodeId, number> {
  const priorities = new Map<NodeId, number>();
  for (const id of scene.activePath) priorities.set(id, ACTIVE);
  for (const id of scene.answerPath) priorities.set(id, ANSWER);
  if (scene.selected !== null) priorities.set(scene.selected, SELECTED);
  if (hovered !== null) priorities.set(hovered, HOVERED);
  return priorities;
}

function crowdedOf({ nodes }: Scene, stage: Stage): ReadonlySet<NodeId> {
  const columns: { id: NodeId; y: number }[][] = [];
  for (const { id, depth } of nodes) {
    columns[depth] ??= [];
    columns[depth].push({ id, y: stage.y(id) });
  }
  return new Set(
    columns.flatMap((column) => [
      ...crowdedNodes(
        column.sort((a, b) => a.y - b.y),
        CROWDED_GAP,
      ),
    ]),
  );
}

function measureCharacter(fontFamily: string): number {
  const context = document.createElement("canvas").getContext("2d");
  if (context === null) return FONT_PIXELS * 0.55;
  context.font = `${FONT_PIXELS}px ${fontFamily}`;
  return context.measureText(SPECIMEN).width / SPECIMEN.length;
}

function labelClass(scene: Scene, node: TreeNode, hovered: NodeId | null): string {
  const parts = ["label", node.children.length > 1 ? "left" : "right"];
  if (node.id === scene.selected || node.id === hovered) parts.push("called");
  if (scene.answerPath.includes(node.id)) parts.push("answer");
  return parts.join(" ");
}
