import { linkHorizontal, type Selection, select } from "d3";
import type { NodeId } from "../core/events";
import type { TreeNode } from "../core/tree";
import type { Scene } from "./scene";
import type { Stage } from "./stage";
import { nodeFill } from "./value-scale";

const curve = linkHorizontal<{ source: [number, number]; target: [number, number] }, [number, number]>();

/** Pixels of an edge that N simulations went through: every doubling adds the same. */
export function edgeWidth(visitCount: number, radius: number): number {
  return Math.min(0.9 + 0.6 * Math.log2(1 + visitCount), Math.max(1, radius * 1.3));
}

/** The edges, one path per node but the root; under them, broader, the answer's path. */
export class EdgeDrawing {
  private readonly casing: Selection<SVGGElement, unknown, null, undefined>;
  private readonly edges: Selection<SVGGElement, unknown, null, undefined>;
  private readonly drawn = new Map<NodeId, { element: SVGPathElement; node: TreeNode }>();
  private readonly cased = new Map<NodeId, SVGPathElement>();
  private active: readonly NodeId[] = [];

  constructor(layer: SVGGElement) {
    this.casing = select(layer).append("g").attr("class", "casing");
    this.edges = select(layer).append("g").attr("class", "edges");
  }

  update(scene: Scene): void {
    const children = scene.nodes.slice(1);
    const join = this.edges
      .selectAll<SVGPathElement, TreeNode>("path")
      .data(children, (node) => node.id)
      .join("path");
    if (this.drawn.size > children.length)
      for (const id of this.drawn.keys()) if (id > children.length) this.drawn.delete(id);
    const { drawn } = this;
    join.each(function (node) {
      if (drawn.get(node.id)?.node === node) return;
      drawn.set(node.id, { element: this, node });
      this.style.setProperty("--value", nodeFill(node) ?? null);
    });
    this.updateCasing(scene.answerPath);
    this.updateActive(scene.activePath);
  }

  private updateCasing(answerPath: readonly NodeId[]): void {
    const { cased } = this;
    cased.clear();
    this.casing
      .selectAll<SVGPathElement, NodeId>("path")
      .data(answerPath.slice(1), (id) => id)
      .join("path")
      .each(function (id) {
        cased.set(id, this);
      });
  }

  private updateActive(path: readonly NodeId[]): void {
    for (const id of this.active) this.drawn.get(id)?.element.classList.remove("active");
    for (const id of path) this.drawn.get(id)?.element.classList.add("active");
    this.active = path;
  }

  /** Puts every edge where its ends are in this frame. */
  place(stage: Stage): void {
    const { radius } = stage;
    for (const [id, { element, node }] of this.drawn) {
      const parent = node.parent ?? 0;
      const path = curve({ source: [stage.x(parent), stage.y(parent)], target: [stage.x(id), stage.y(id)] }) ?? "";
      const width = edgeWidth(node.visitCount, radius);
      element.setAttribute("d", path);
      element.style.strokeWidth = `${width.toFixed(2)}px`;
      const casing = this.cased.get(id);
      if (casing === undefined) continue;
      casing.setAttribute("d", path);
      casing.style.strokeWidth = `${(width + 3).toFixed(2)}px`;
    }
  }
}
