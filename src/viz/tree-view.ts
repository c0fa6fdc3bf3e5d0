import { type D3ZoomEvent, select, type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from "d3";
import type { NodeId } from "../core/events";
import { type Camera, fitCamera, panInto, type ViewSize } from "./camera";
import { EdgeDrawing } from "./draw-edges";
import { LabelDrawing } from "./draw-labels";
import { NodeDrawing, nodeElementId } from "./draw-nodes";
import { moveFrom, moveOf } from "./keyboard";
import { layoutTree, type TreeLayout } from "./layout";
import { EMPTY_SCENE, type Scene } from "./scene";
import { Stage } from "./stage";

const ZOOM_RANGE: [number, number] = [0.4, 16];
const REACH = 14;
const REVEAL_MARGIN = 48;

/** What the drawing tells its owner. */
export interface TreeViewListener {
  selected(id: NodeId): void;
}

/** The drawing of a search tree in an SVG element: draws scenes, zooms, pans, walks by keyboard. */
export class TreeView {
  private scene: Scene = EMPTY_SCENE;
  private layout: TreeLayout = layoutTree([]);
  private stage = new Stage();
  private size: ViewSize = { width: 1, height: 1 };
  private base: Camera = { level: 1, slot: 1, left: 0, top: 0 };
  private gesture: ZoomTransform = zoomIdentity;
  private hovered: NodeId | null = null;
  private frame = 0;
  private lastFrame = 0;
  private readonly edges: EdgeDrawing;
  private readonly nodes: NodeDrawing;
  private readonly labels: LabelDrawing;
  private readonly zooming: ZoomBehavior<SVGSVGElement, unknown>;
  private readonly resizing: ResizeObserver;
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)");
  private readonly listening = new AbortController();

  constructor(
    private readonly svg: SVGSVGElement,
    private readonly listener: TreeViewListener,
  ) {
    const layer = (name: string) =>
      select(svg).append("g").attr("class", name).node() ?? document.createElementNS(svg.namespaceURI, "g");
    const backdrop = layer("layer-edges") as SVGGElement;
    backdrop.setAttribute("aria-hidden", "true");
    this.edges = new EdgeDrawing(backdrop);
    this.nodes = new NodeDrawing(layer("layer-nodes") as SVGGElement);
    const words = layer("layer-labels") as SVGGElement;
    words.setAttribute("aria-hidden", "true");
    this.labels = new LabelDrawing(words);
    this.zooming = zoom<SVGSVGElement, unknown>()
      .scaleExtent(ZOOM_RANGE)
      .on("zoom", (event: D3ZoomEvent<SVGSVGElement, unknown>) => this.onZoom(event));
    select(svg).call(this.zooming).on("dblclick.zoom", null);
    this.resizing = new ResizeObserver(() => this.onResize());
    this.resizing.observe(svg);
    this.listen();
  }

  /** Shows a scene: at once if it is another run, else by gliding there. */
  update(scene: Scene): void {
    const before = this.scene;
    this.scene = scene;
    const another = before.run !== scene.run;
    if (another) {
      this.stage = new Stage();
      this.resetGesture();
    }
    if (another || hasOtherShape(before, scene)) this.relayout();
    this.edges.update(scene);
    this.nodes.update(scene);
    const active = scene.selected;
    if (active === null || active >= scene.nodes.length) this.svg.removeAttribute("aria-activedescendant");
    else this.svg.setAttribute("aria-activedescendant", nodeElementId(active));
    if (another) this.stage.advance(Number.POSITIVE_INFINITY);
    this.wake();
  }

  /** Shows the whole tree, and keeps it in view until the next gesture. */
  fit(): void {
    this.resetGesture();
    this.base = fitCamera(this.layout, this.size);
    this.aim();
  }

  zoomBy(factor: number): void {
    const { width, height } = this.size;
    this.zooming.scaleBy(select(this.svg), factor, [width / 2, height / 2]);
  }

  /** Pans as little as needed to show a node. */
  reveal(id: NodeId): void {
    const { goal } = this.stage.camera;
    const x = goal.left + (this.layout.columns[id] ?? 0) * goal.level;
    const y = goal.top + (this.layout.rows[id] ?? 0) * goal.slot;
    const panned = panInto(goal, this.size, x, y, REVEAL_MARGIN);
    const { k } = this.gesture;
    if (panned.left === goal.left && panned.top === goal.top) return;
    this.zooming.translateBy(select(this.svg), (panned.left - goal.left) / k, (panned.top - goal.top) / k);
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    this.resizing.disconnect();
    this.listening.abort();
    select(this.svg).on(".zoom", null).selectAll("*").remove();
  }

  private listen(): void {
    const { signal } = this.listening;
    this.svg.addEventListener("pointermove", (event) => this.hover(this.pick(event)), { signal });
    this.svg.addEventListener("pointerleave", () => this.hover(null), { signal });
    this.svg.addEventListener("dblclick", () => this.fit(), { signal });
    this.svg.addEventListener("keydown", (event) => this.onKey(event), { signal });
    this.svg.addEventListener(
      "click",
      (event) => {
        const id = this.pick(event);
        if (id !== null) this.listener.selected(id);
      },
      { signal },
    );
  }

  private pick(event: MouseEvent): NodeId | null {
    const box = this.svg.getBoundingClientRect();
    return this.stage.nearest(event.clientX - box.left, event.clientY - box.top, REACH);
  }

  private hover(id: NodeId | null): void {
    if (id === this.hovered) return;
    this.hovered = id;
    this.svg.classList.toggle("pointing", id !== null);
    this.wake();
  }

  private onKey(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = moveOf(event.key);
    if (move !== undefined && this.scene.nodes.length > 0) {
      event.preventDefault();
      const id = moveFrom(this.scene.nodes, this.layout, this.scene.selected ?? 0, move);
      this.listener.selected(id);
      this.reveal(id);
    } else if (event.key === "f" || event.key === "F") this.fit();
    else if (event.key === "+" || event.key === "=") this.zoomBy(1.4);
    else if (event.key === "-") this.zoomBy(1 / 1.4);
  }

  private onZoom(event: D3ZoomEvent<SVGSVGElement, unknown>): void {
    this.gesture = event.transform;
    this.aim();
    // A gesture must be felt at once; only what the program does glides.
    if (event.sourceEvent !== null) this.stage.advance(Number.POSITIVE_INFINITY);
  }

  private onResize(): void {
    const before = this.size;
    this.size = { width: this.svg.clientWidth || 1, height: this.svg.clientHeight || 1 };
    if (this.gesture !== zoomIdentity) return;
    this.base = fitCamera(this.layout, this.size);
    this.aim();
    if (before.width === 1) this.stage.advance(Number.POSITIVE_INFINITY);
  }

  private relayout(): void {
    const anchor = this.stage.nearest(this.size.width / 2, this.size.height / 2, Number.POSITIVE_INFINITY);
    const before = this.layout;
    this.layout = layoutTree(this.scene.nodes);
    this.stage.retarget(this.layout, this.scene.nodes);
    if (this.gesture === zoomIdentity) this.base = fitCamera(this.layout, this.size);
    else if (anchor !== null) {
      // Once someone has chosen what to look at, it stays where it is while the tree grows around it.
      const drift = (before.rows[anchor] ?? 0) - (this.layout.rows[anchor] ?? 0);
      this.base = { ...this.base, top: this.base.top + drift * this.base.slot };
    }
    this.aim();
  }

  private resetGesture(): void {
    this.gesture = zoomIdentity;
    Reflect.set(this.svg, "__zoom", zoomIdentity);
  }

  private aim(): void {
    const { k, x, y } = this.gesture;
    const { level, slot, left, top } = this.base;
    this.stage.aim({ level: level * k, slot: slot * k, left: x + left * k, top: y + top * k });
    this.wake();
  }

  private wake(): void {
    if (this.frame !== 0) return;
    this.lastFrame = performance.now();
    this.frame = requestAnimationFrame((now) => this.draw(now));
  }

  private draw(now: number): void {
    this.frame = 0;
    const elapsed = this.calm.matches ? Number.POSITIVE_INFINITY : Math.min(64, Math.max(8, now - this.lastFrame));
    const moving = this.stage.advance(elapsed);
    this.edges.place(this.stage);
    this.nodes.place(this.stage);
    this.labels.update(this.scene, this.stage, this.size, this.hovered);
    this.labels.place(this.stage);
    this.lastFrame = now;
    if (moving && this.frame === 0) this.frame = requestAnimationFrame((next) => this.draw(next));
  }
}

function hasOtherShape(before: Scene, after: Scene): boolean {
  return before.nodes.length !== after.nodes.length;
}
