import { type Selection, select } from "d3";
import type { NodeId } from "../core/events";
import type { TreeNode } from "../core/tree";
import type { ViewSize } from "./camera";
import { ellipsize, shortLabel } from "./label";
import { chooseLabels, type LabelCandidate } from "./label-choice";
import type { Scene } from "./scene";
import type { Stage } from "./stage";

const LINE_GAP = 15;
const CHARACTER = 6.1;
const LEAST_CHARACTERS = 8;
const MOST_CHARACTERS = 44;
const LEAST_RADIUS_FOR_COUNT = 4;
/** Above every visit count; the selected and the hovered node outbid everyone. */
const ANSWER_PRIORITY = 1e6;

/** The words beside the nodes, and the count badges; as many as fit without touching each other. */
export class LabelDrawing {
  private readonly labels: Selection<SVGGElement, unknown, null, undefined>;
  private readonly counts: Selection<SVGGElement, unknown, null, undefined>;
  private shown: readonly TreeNode[] = [];

  constructor(layer: SVGGElement) {
    this.labels = select(layer).append("g").attr("class", "labels");
    this.counts = select(layer).append("g").attr("class", "counts");
  }

  /** Chooses the labels for where the nodes are now. Cheap enough for every frame of a gesture. */
  update(scene: Scene, stage: Stage, size: ViewSize, hovered: NodeId | null): void {
    const room = Math.floor((stage.camera.now.level - stage.radius * 2 - 10) / CHARACTER);
    const chosen = chooseLabels(candidates(scene, stage, size, hovered, room), LINE_GAP);
    this.shown = scene.nodes.filter((node) => chosen.has(node.id));
    this.labels
      .selectAll<SVGTextElement, TreeNode>("text")
      .data(this.shown, (node) => node.id)
      .join((enter) => enter.append("text"))
      .attr("class", (node) => labelClass(scene, node, hovered))
      .text((node) =>
        ellipsize(shortLabel(node), node.id === hovered ? MOST_CHARACTERS : Math.min(room, MOST_CHARACTERS)),
      );
    const counted = stage.radius < LEAST_RADIUS_FOR_COUNT ? [] : scene.nodes.filter((node) => node.count > 1);
    this.counts
      .selectAll<SVGTextElement, TreeNode>("text")
      .data(counted, (node) => node.id)
      .join((enter) => enter.append("text"))
      .text((node) => `×${node.count}`);
  }

  /** Moves the words along with their nodes. */
  place(stage: Stage): void {
    const { radius } = stage;
    this.labels.selectAll<SVGTextElement, TreeNode>("text").each(function (node) {
      const leaf = node.children.length === 0;
      this.setAttribute("x", (stage.x(node.id) + radius + (leaf ? 6 : 3)).toFixed(1));
      this.setAttribute("y", (stage.y(node.id) + (leaf ? 0 : -radius - 3)).toFixed(1));
    });
    this.counts.selectAll<SVGTextElement, TreeNode>("text").each(function (node) {
      this.setAttribute("x", (stage.x(node.id) - radius - 1).toFixed(1));
      this.setAttribute("y", (stage.y(node.id) - radius - 1).toFixed(1));
    });
  }
}

function candidates(
  scene: Scene,
  stage: Stage,
  size: ViewSize,
  hovered: NodeId | null,
  room: number,
): LabelCandidate[] {
  const answer = new Set(scene.answerPath);
  return scene.nodes.flatMap((node): LabelCandidate[] => {
    const called = node.id === scene.selected || node.id === hovered;
    if (!called && room < LEAST_CHARACTERS) return [];
    const [x, y] = [stage.x(node.id), stage.y(node.id)];
    if (x < -size.width * 0.3 || x > size.width || y < 0 || y > size.height) return [];
    const priority = (called ? 2 * ANSWER_PRIORITY : 0) + (answer.has(node.id) ? ANSWER_PRIORITY : 0) + node.visitCount;
    return [{ id: node.id, column: node.depth, y, priority }];
  });
}

function labelClass(scene: Scene, node: TreeNode, hovered: NodeId | null): string {
  const parts = ["label", node.children.length === 0 ? "leaf" : "inner"];
  if (node.id === scene.selected || node.id === hovered) parts.push("called");
  if (scene.answerPath.includes(node.id)) parts.push("answer");
  return parts.join(" ");
}
