import { type Selection, select } from "d3";
import type { NodeId } from "../core/events";
import type { TreeNode } from "../core/tree";
import type { ViewSize } from "./camera";
import { ellipsize, shortLabel } from "./label";
import { chooseLabels, type LabelCandidate } from "./label-choice";
import type { Scene } from "./scene";
import type { Stage } from "./stage";

const LINE_GAP = 14;
const CHARACTER = 6.2;
const LEAST_CHARACTERS = 8;
const MOST_CHARACTERS = 44;
const LEAST_RADIUS_FOR_COUNT = 4;

/**
 * The words beside the nodes, and the count badges; as many as fit without touching each other. Leaves have their words to
 * the right, where nothing follows; other nodes above the edge that leads to them.
 */
export class LabelDrawing {
  private readonly labels: Selection<SVGGElement, unknown, null, undefined>;
  private readonly counts: Selection<SVGGElement, unknown, null, undefined>;

  constructor(layer: SVGGElement) {
    this.labels = select(layer).append("g").attr("class", "labels");
    this.counts = select(layer).append("g").attr("class", "counts");
  }

  /** Chooses the labels for where the nodes are now. Cheap enough for every frame of a gesture. */
  update(scene: Scene, stage: Stage, size: ViewSize, hovered: NodeId | null): void {
    const room = Math.floor((stage.camera.now.level - stage.radius * 2 - 6) / CHARACTER);
    const chosen = chooseLabels(candidates(scene, stage, size, hovered, room), LINE_GAP);
    this.labels
      .selectAll<SVGTextElement, TreeNode>("text")
      .data(
        scene.nodes.filter((node) => chosen.has(node.id)),
        (node) => node.id,
      )
      .join((enter) => enter.append("text"))
      .attr("class", (node) => labelClass(scene, node, hovered))
      .text((node) => labelText(node, node.id === hovered ? MOST_CHARACTERS : Math.min(room, MOST_CHARACTERS)));
    const isLarge = stage.radius >= LEAST_RADIUS_FOR_COUNT;
    this.counts
      .selectAll<SVGTextElement, TreeNode>("text")
      .data(isLarge ? scene.nodes.filter((node) => node.count > 1 && !chosen.has(node.id)) : [], (node) => node.id)
      .join((enter) => enter.append("text"))
      .text((node) => countOf(node));
  }

  /** Moves the words along with their nodes. */
  place(stage: Stage): void {
    const { radius } = stage;
    this.labels.selectAll<SVGTextElement, TreeNode>("text").each(function (node) {
      const isLeaf = node.children.length === 0;
      this.setAttribute("x", (stage.x(node.id) + (isLeaf ? radius + 6 : radius - 1)).toFixed(1));
      this.setAttribute("y", (stage.y(node.id) + (isLeaf ? 0 : -radius - 3)).toFixed(1));
    });
    this.counts.selectAll<SVGTextElement, TreeNode>("text").each(function (node) {
      this.setAttribute("x", (stage.x(node.id) - radius - 1).toFixed(1));
      this.setAttribute("y", (stage.y(node.id) - radius - 1).toFixed(1));
    });
  }
}

function countOf(node: TreeNode): string {
  return node.count > 1 ? `×${node.count}` : "";
}

function labelText(node: TreeNode, length: number): string {
  const count = countOf(node);
  return count === ""
    ? ellipsize(shortLabel(node), length)
    : `${ellipsize(shortLabel(node), length - count.length - 1)} ${count}`;
}

function candidates(
  scene: Scene,
  stage: Stage,
  size: ViewSize,
  hovered: NodeId | null,
  room: number,
): LabelCandidate[] {
  const answer = new Set(scene.answerPath);
  const active = new Set(scene.activePath);
  return scene.nodes.flatMap((node): LabelCandidate[] => {
    const { id, depth } = node;
    const [x, y] = [stage.x(id), stage.y(id)];
    if (depth === 0 || x < 0 || x > size.width || y < 0 || y > size.height) return [];
    const isCalled = id === hovered || id === scene.selected;
    if (!isCalled && room < LEAST_CHARACTERS) return [];
    const priority = id === hovered ? 4 : id === scene.selected ? 3 : answer.has(id) ? 2 : active.has(id) ? 1 : 0;
    return [{ id, column: depth, y, priority }];
  });
}

function labelClass(scene: Scene, node: TreeNode, hovered: NodeId | null): string {
  const parts = ["label", node.children.length === 0 ? "leaf" : "inner"];
  if (node.id === scene.selected || node.id === hovered) parts.push("called");
  if (scene.answerPath.includes(node.id)) parts.push("answer");
  return parts.join(" ");
}
