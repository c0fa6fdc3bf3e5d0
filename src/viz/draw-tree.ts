import { type Selection, select } from "d3";
import type { NodeId } from "../core/run/events";
import type { TreeNode } from "../core/run/tree";
import type { Colouring } from "../store/run/run-view";
import { spokenLabel } from "./labels";
import { MARK_PATHS, markOf, nodeFill } from "./marks";
import type { Scene } from "./scene";
import type { Stage } from "./stage";

/** Edges that look the same; drawn as one path, because a thousand of them moving would be a thousand styles a frame. */
interface EdgeGroup {
  readonly key: string;
  readonly fill: string | undefined;
  readonly visitCount: number;
  readonly nodes: TreeNode[];
}

/** Pixels of an edge that N simulations went through: every doubling adds the same. */
export function edgeWidth(visitCount: number, radius: number): number {
  return Math.min(0.9 + 0.6 * Math.log2(1 + visitCount), Math.max(1, radius * 1.3));
}

/** The edges, coloured by the value and as wide as the visits of the node they lead to. */
export class EdgeDrawing {
  private readonly layer: Selection<SVGGElement, unknown, null, undefined>;

  constructor(layer: SVGGElement) {
    this.layer = select(layer).append("g").attr("class", "edges");
  }

  update({ nodes, colouring }: Scene): void {
    this.layer
      .selectAll<SVGPathElement, EdgeGroup>("path")
      .data(groupEdges(nodes, colouring), (group) => group.key)
      .join("path")
      .style("--value", (group) => group.fill ?? null)
      .order();
  }

  /** Puts every edge where its ends are in this frame. */
  place(stage: Stage): void {
    const { radius } = stage;
    this.layer.selectAll<SVGPathElement, EdgeGroup>("path").each(function (group) {
      setIfChanged(this, "d", group.nodes.map((node) => edgePath(stage, node)).join(""));
      setIfChanged(this, "stroke-width", edgeWidth(group.visitCount, radius).toFixed(1));
    });
  }
}

/** Edges along one path of the tree, drawn again so that it stands out: `class` says how. */
export class PathDrawing {
  private readonly layer: Selection<SVGGElement, unknown, null, undefined>;

  constructor(
    layer: SVGGElement,
    className: string,
    /** Pixels by which the path is wider than its edges. */
    private readonly margin: number,
  ) {
    this.layer = select(layer).append("g").attr("class", className);
  }

  update({ nodes }: Scene, path: readonly NodeId[]): void {
    this.layer
      .selectAll<SVGPathElement, TreeNode>("path")
      .data(
        path.flatMap((id) => nodes[id] ?? []).filter(({ parent }) => parent !== null),
        (node) => node.id,
      )
      .join("path");
  }

  place(stage: Stage): void {
    const { radius } = stage;
    const { margin } = this;
    this.layer.selectAll<SVGPathElement, TreeNode>("path").each(function (node) {
      setIfChanged(this, "d", edgePath(stage, node));
      setIfChanged(this, "stroke-width", (edgeWidth(node.visitCount, radius) + margin).toFixed(1));
    });
  }
}

/** Groups of alike edges, the widest first, so that thin ones stay visible where they cross. */
function groupEdges(nodes: readonly TreeNode[], colouring: Colouring): readonly EdgeGroup[] {
  const groups = new Map<string, EdgeGroup>();
  for (const node of nodes) {
    if (node.parent === null) continue;
    const fill = nodeFill(node, colouring);
    const key = `${node.visitCount} ${fill ?? ""}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { key, fill, visitCount: node.visitCount, nodes: [node] });
    else group.nodes.push(node);
  }
  return [...groups.values()].sort((a, b) => b.visitCount - a.visitCount);
}

/** A Bezier curve that leaves the parent and reaches the node horizontally. */
function edgePath(stage: Stage, { id, parent }: TreeNode): string {
  if (parent === null) return "";
  const [x0, y0, x1, y1] = [stage.x(parent), stage.y(parent), stage.x(id), stage.y(id)].map((at) => at.toFixed(1));
  const middle = ((stage.x(parent) + stage.x(id)) / 2).toFixed(1);
  return `M${x0},${y0}C${middle},${y0} ${middle},${y1} ${x1},${y1}`;
}

function setIfChanged(element: Element, name: string, value: string): void {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** Smaller nodes would be all outline. */
const LEAST_OUTLINED_RADIUS = 3;

/** Drawings so far: several trees on one page must not share the ids of their elements. */
let drawings = 0;

/** The nodes: tree items for assistive technology, marks for the eye. Only what changed is touched. */
export class NodeDrawing {
  private readonly layer: Selection<SVGGElement, unknown, null, undefined>;
  private readonly ring: Selection<SVGCircleElement, unknown, null, undefined>;
  private readonly drawn = new Map<NodeId, { element: SVGPathElement; node: TreeNode }>();
  private selected: NodeId | null = null;
  private colouring: Colouring = "value";
  private readonly name = `tree-${++drawings}`;

  constructor(layer: SVGGElement) {
    this.ring = select(layer).append("circle").attr("class", "ring").attr("display", "none");
    this.layer = select(layer).append("g");
  }

  /** The DOM id of a node, for `aria-activedescendant`. */
  elementId(id: NodeId): string {
    return `${this.name}-node-${id}`;
  }

  update(scene: Scene): void {
    const { nodes, colouring } = scene;
    const { drawn } = this;
    const isRepainted = colouring !== this.colouring;
    this.colouring = colouring;
    const join = this.layer
      .selectAll<SVGPathElement, TreeNode>("path")
      .data(nodes, (node) => node.id)
      .join((enter) =>
        enter
          .append("path")
          .attr("id", (node) => this.elementId(node.id))
          .attr("role", "treeitem")
          .attr("aria-level", (node) => node.depth + 1)
          .attr("vector-effect", "non-scaling-stroke"),
      );
    for (const id of drawn.keys()) if (id >= nodes.length) drawn.delete(id);
    join.each(function (node) {
      const before = drawn.get(node.id)?.node;
      if (before === node && !isRepainted) return;
      drawn.set(node.id, { element: this, node });
      dress(this, node, scene);
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

function dress(element: SVGPathElement, node: TreeNode, { nodes, colouring }: Scene): void {
  const mark = markOf(node);
  const fill = nodeFill(node, colouring);
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
