import { type Selection, select } from "d3";
import type { NodeId } from "../core/run/events";
import type { TreeNode } from "../core/run/tree";
import type { Scene } from "./scene";
import type { Stage } from "./stage";
import { nodeFill } from "./value-scale";

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

  update({ nodes }: Scene): void {
    this.layer
      .selectAll<SVGPathElement, EdgeGroup>("path")
      .data(groupEdges(nodes), (group) => group.key)
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
function groupEdges(nodes: readonly TreeNode[]): readonly EdgeGroup[] {
  const groups = new Map<string, EdgeGroup>();
  for (const node of nodes) {
    if (node.parent === null) continue;
    const fill = nodeFill(node);
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
