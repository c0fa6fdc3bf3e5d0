import { type Selection, select } from "d3";
import type { NodeId } from "../core/run/events";
import type { TreeNode } from "../core/run/tree";
import { spokenLabel } from "./label";
import { MARK_PATHS, markOf } from "./mark";
import type { Scene } from "./scene";
import type { Stage } from "./stage";
import { nodeFill } from "./value-scale";

/** Smaller nodes would be all outline. */
const LEAST_OUTLINED_RADIUS = 3;

/** The DOM id of a node, for `aria-activedescendant`. */
export function nodeElementId(id: NodeId): string {
  return `tree-node-${id}`;
}

/** The nodes: tree items for assistive technology, marks for the eye. Only what changed is touched. */
export class NodeDrawing {
  private readonly layer: Selection<SVGGElement, unknown, null, undefined>;
  private readonly ring: Selection<SVGCircleElement, unknown, null, undefined>;
  private readonly drawn = new Map<NodeId, { element: SVGPathElement; node: TreeNode }>();
  private selected: NodeId | null = null;

  constructor(layer: SVGGElement) {
    this.ring = select(layer).append("circle").attr("class", "ring").attr("display", "none");
    this.layer = select(layer).append("g");
  }

  update(scene: Scene): void {
    const { nodes } = scene;
    const { drawn } = this;
    const join = this.layer
      .selectAll<SVGPathElement, TreeNode>("path")
      .data(nodes, (node) => node.id)
      .join((enter) =>
        enter
          .append("path")
          .attr("id", (node) => nodeElementId(node.id))
          .attr("role", "treeitem")
          .attr("aria-level", (node) => node.depth + 1)
          .attr("vector-effect", "non-scaling-stroke"),
      );
    for (const id of drawn.keys()) if (id >= nodes.length) drawn.delete(id);
    join.each(function (node) {
      const before = drawn.get(node.id)?.node;
      if (before === node) return;
      drawn.set(node.id, { element: this, node });
      dress(this, node, nodes);
      if (before?.parent !== node.parent || before === undefined) announceSiblings(drawn, nodes, node.parent);
    });
    this.select(scene.selected);
  }

  private select(id: NodeId | null): void {
    if (this.selected !== null) this.drawn.get(this.selected)?.element.setAttribute("aria-selected", "false");
    if (id !== null) this.drawn.get(id)?.element.setAttribute("aria-selected", "true");
    this.selected = id !== null && this.drawn.has(id) ? id : null;
    this.ring.attr("display", this.selected === null ? "none" : null);
  }

  /** Puts every mark where it is in this frame. */
  place(stage: Stage): void {
    const { radius } = stage;
    this.layer.attr("stroke-width", radius < LEAST_OUTLINED_RADIUS ? 0.4 : 1);
    for (const [id, { element, node }] of this.drawn) {
      const size = radius * stage.grown(id) * (node.parent === null ? 0.9 : 1);
      const place = `translate(${stage.x(id).toFixed(1)},${stage.y(id).toFixed(1)}) scale(${size.toFixed(2)})`;
      if (element.getAttribute("transform") !== place) element.setAttribute("transform", place);
    }
    if (this.selected === null) return;
    this.ring
      .attr("cx", stage.x(this.selected).toFixed(2))
      .attr("cy", stage.y(this.selected).toFixed(2))
      .attr("r", (radius * 1.35 + 3.5).toFixed(2));
  }
}

function dress(element: SVGPathElement, node: TreeNode, nodes: readonly TreeNode[]): void {
  const mark = markOf(node);
  const fill = nodeFill(node);
  element.setAttribute("d", MARK_PATHS[mark]);
  element.setAttribute("class", `node ${mark}${fill === undefined ? " unvisited" : ""}`);
  element.setAttribute("aria-label", spokenLabel(node));
  element.setAttribute("aria-selected", "false");
  element.style.setProperty("--value", fill ?? null);
  const siblings = [...siblingsOf(nodes, node.parent)];
  element.setAttribute("aria-posinset", String(siblings.indexOf(node.id) + 1));
}

function siblingsOf(nodes: readonly TreeNode[], parent: NodeId | null): Iterable<NodeId> {
  return parent === null ? [0] : (nodes[parent]?.children ?? []);
}

/** Keeps `aria-setsize` right for a new node and the siblings that were there before it. */
function announceSiblings(
  drawn: ReadonlyMap<NodeId, { element: SVGPathElement }>,
  nodes: readonly TreeNode[],
  parent: NodeId | null,
): void {
  const siblings = [...siblingsOf(nodes, parent)];
  for (const id of siblings) drawn.get(id)?.element.setAttribute("aria-setsize", String(siblings.length));
}
