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
  passesThrough,
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
 * above the edge if one follows; where several follow, to the left, above the edge that leads to the node or below it, where fewer
 * edges pass and no other words stand.
 */
export class LabelDrawing {
  private readonly labels: Selection<SVGGElement, unknown, null, undefined>;
  /** The side of its edge on which each label stands. */
  private sides: ReadonlyMap<NodeId, Side> = new Map();
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
    const wanted = candidates(scene, stage, size, hovered, { characters: room, character: this.character });
    const chosen = withSides(wanted, chooseLabels(wanted, LINE_GAP));
    this.sides = chosen;
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
    const { sides } = this;
    this.labels.selectAll<SVGTextElement, TreeNode>("text").each(function (node) {
      const { dx, dy } = offsetOf(node, radius, sides.get(node.id));
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

/** Of a count behind the words. */
const COUNT_CHARACTERS = 4;

/** What tells siblings apart is worth its room only where some of it can be read. */
const LEAST_FURTHER_CHARACTERS = 8;

/** A step in words, and behind them what is counted or measured of it. */
function labelText(node: TreeNode, nodes: readonly TreeNode[], length: number, figures: string): string {
  const room = figures === "" ? length : length - figures.length - 1;
  const short = shortLabel(node);
  const label = room < short.length + LEAST_FURTHER_CHARACTERS ? short : siblingLabel(node, nodes);
  return figures === "" ? ellipsize(label, room) : `${ellipsize(label, room)} ${figures}`;
}

/** Words of a leaf stand beside it, those of other nodes above an edge or below it. */
type Side = "above" | "below";

const [ABOVE, BELOW] = ["above", "below"] as const;

/** Where a label stands, from its node's centre to the middle of its line. */
function offsetOf(node: TreeNode, radius: number, side: Side = ABOVE): { readonly dx: number; readonly dy: number } {
  if (node.children.length === 0) return { dx: radius + 6, dy: 0 };
  const beside = radius + 4;
  const half = edgeWidth(node.visitCount, radius) / 2;
  const dy = side === BELOW ? BELOW_EDGE + half : -ABOVE_EDGE - half;
  return { dx: node.children.length === 1 ? beside : -beside, dy };
}

/** Siblings to either side whose edges may come through a label. */
const NEIGHBOURS = 3;

/** Half the height of a line of words, in pixels. */
const HALF_LINE = 6;

/**
 * The sides on which a label may stand, the better one first. Where several edges follow it stands on the edge that leads to its
 * node, on the side through which fewer edges pass: of its siblings, of the answer above all.
 */
function sidesOf(node: TreeNode, { nodes, answerPath }: Scene, stage: Stage, width: number): readonly Side[] {
  const { parent, children, id } = node;
  if (children.length < 2 || parent === null) return [ABOVE];
  const from = stage.goal(parent);
  const family = [...(nodes[parent]?.children ?? [])];
  const place = family.indexOf(id);
  const near = family.filter((other, i) => Math.abs(i - place) <= NEIGHBOURS || answerPath.includes(other));
  const at = stage.goal(id);
  const cost = (side: Side) => {
    const { dx, dy } = offsetOf(node, stage.radius, side);
    const [right, middle] = [at.x + dx, at.y + dy];
    const box = { left: right - width, right, top: middle - HALF_LINE, bottom: middle + HALF_LINE };
    const passing = near.filter((other) => {
      const to = stage.goal(other);
      return passesThrough({ x0: from.x, y0: from.y, x1: to.x, y1: to.y }, box);
    });
    return passing.reduce((sum, other) => sum + (answerPath.includes(other) ? 3 : 1), 0);
  };
  return cost(BELOW) < cost(ABOVE) ? [BELOW, ABOVE] : [ABOVE, BELOW];
}

/** A lane is the room between two columns: to the left of a node that fans out, to the right of any other. */
function laneOf({ depth, children }: TreeNode): number {
  return children.length > 1 ? depth : depth + 1;
}

/** How long words may be. */
interface Room {
  readonly characters: number;
  /** Pixels of an average one. */
  readonly character: number;
}

/** With the sides that its `ys` are of. */
interface Candidate extends LabelCandidate {
  readonly sides: readonly Side[];
}

/** The sides of the labels that were chosen. */
function withSides(wanted: readonly Candidate[], lines: ReadonlyMap<NodeId, number>): ReadonlyMap<NodeId, Side> {
  const chosen = new Map<NodeId, Side>();
  for (const { id, sides } of wanted) {
    const line = lines.get(id);
    if (line !== undefined) chosen.set(id, sides[line] ?? ABOVE);
  }
  return chosen;
}

function candidates(
  scene: Scene,
  stage: Stage,
  size: ViewSize,
  hovered: NodeId | null,
  { characters, character }: Room,
): Candidate[] {
  const priorities = prioritiesOf(scene, hovered);
  const crowded = crowdedOf(scene, stage);
  const widthOf = (node: TreeNode) => Math.min(characters, shortLabel(node).length + COUNT_CHARACTERS) * character;
  return scene.nodes.flatMap((node): Candidate[] => {
    const { id, depth } = node;
    const [x, y] = [stage.x(id), stage.y(id)];
    if (depth === 0 || x < 0 || x > size.width || y < 0 || y > size.height) return [];
    const priority = priorities.get(id) ?? 0;
    // Words that come with a node on its way would lie over those of the nodes that it passes.
    if (priority < SELECTED && (characters < LEAST_CHARACTERS || stage.isArriving(id))) return [];
    const isCrowded = crowded.has(id);
    const sides = isCrowded && priority === 0 ? [ABOVE] : sidesOf(node, scene, stage, widthOf(node));
    const ys = sides.map((side) => y + offsetOf(node, stage.radius, side).dy);
    return [{ id, lane: laneOf(node), ys, sides, priority, isCrowded }];
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
