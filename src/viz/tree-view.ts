import { type D3ZoomEvent, select, type ZoomBehavior, type ZoomTransform, zoom, zoomIdentity } from "d3";
import type { NodeId } from "../core/run/events";
import { type Camera, fitCamera, panInto, type ViewSize } from "./camera";
import { LabelDrawing } from "./draw-labels";
import { EdgeDrawing, NodeDrawing, PathDrawing } from "./draw-tree";
import { layoutTree, moveFrom, moveOf, type TreeLayout } from "./layout";
import { EMPTY_SCENE, type Scene } from "./scene";
import { Stage } from "./stage";

const ZOOM_RANGE: [number, number] = [0.4, 16];
const REACH = 14;
const REVEAL_MARGIN = 48;
const ANSWER_MARGIN = 3;

/** What the drawing tells its owner. */
interface TreeViewListener {
  selected(id: NodeId): void;
}

/** The drawing of a search tree: shows scenes, zooms, pans, walks by keyboard. */
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
  private readonly answer: PathDrawing;
  private readonly edges: EdgeDrawing;
  private readonly active: PathDrawing;
  private readonly nodes: NodeDrawing;
  private readonly labels: LabelDrawing;
  private readonly zooming: ZoomBehavior<SVGSVGElement, unknown>;
  private readonly resizing: ResizeObserver;
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)");
  private readonly listening = new AbortController();

  private readonly svg: SVGSVGElement;

  /** Draws into `host`, a focusable element with the role `tree`; it gets the keys and the active descendant. */
  constructor(
    private readonly host: HTMLElement,
    private readonly listener: TreeViewListener,
  ) {
    const svg = select(host).append<SVGSVGElement>("svg").attr("role", "presentation").node() as SVGSVGElement;
    this.svg = svg;
    const layer = () => select(svg).append<SVGGElement>("g");
    const backdrop = layer().attr("aria-hidden", "true").node() as SVGGElement;
    this.answer = new PathDrawing(backdrop, "answer-path", ANSWER_MARGIN);
    this.edges = new EdgeDrawing(backdrop);
    this.active = new PathDrawing(backdrop, "active-path", 0);
    this.nodes = new NodeDrawing(layer().attr("role", "presentation").node() as SVGGElement);
    this.labels = new LabelDrawing(layer().attr("aria-hidden", "true").node() as SVGGElement);
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
    this.answer.update(scene, scene.answerPath);
    this.edges.update(scene);
    this.active.update(scene, scene.activePath);
    this.nodes.update(scene);
    const active = scene.selected;
    if (active === null || active >= scene.nodes.length) this.host.removeAttribute("aria-activedescendant");
    else this.host.setAttribute("aria-activedescendant", this.nodes.elementId(active));
    // Out of nothing there is no way to glide.
    if (another || before.nodes.length === 0) this.stage.advance(Number.POSITIVE_INFINITY);
    this.wake();
  }

  /** Shows the whole tree, and keeps it in view until the next gesture. */
  fit(): void {
    this.resetGesture();
    this.base = fitCamera(this.layout, this.size, this.scene.activePath.length > 0);
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
    this.svg.remove();
  }

  private listen(): void {
    const { signal } = this.listening;
    this.svg.addEventListener("pointermove", (event) => this.hover(this.pick(event)), { signal });
    this.svg.addEventListener("pointerleave", () => this.hover(null), { signal });
    this.svg.addEventListener("dblclick", () => this.fit(), { signal });
    this.host.addEventListener("keydown", (event) => this.onKey(event), { signal });
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
    this.size = { width: this.svg.clientWidth || 1, height: this.svg.clientHeight || 1 };
    if (this.gesture !== zoomIdentity) return;
    this.base = fitCamera(this.layout, this.size, this.scene.activePath.length > 0);
    this.aim();
    // A pane that takes its size is not a move within the tree: gliding would show the page's own layout settling.
    this.stage.advance(Number.POSITIVE_INFINITY);
  }

  private relayout(): void {
    const anchor = this.stage.nearest(this.size.width / 2, this.size.height / 2, Number.POSITIVE_INFINITY);
    const before = this.layout;
    this.layout = layoutTree(this.scene.nodes);
    this.stage.retarget(this.layout, this.scene.nodes);
    if (this.gesture === zoomIdentity) this.base = fitCamera(this.layout, this.size, this.scene.activePath.length > 0);
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
    for (const drawing of [this.answer, this.edges, this.active]) drawing.place(this.stage);
    this.nodes.place(this.stage);
    this.labels.update(this.scene, this.stage, this.size, this.hovered);
    this.labels.place(this.stage);
    this.lastFrame = now;
    if (moving && this.frame === 0) this.frame = requestAnimationFrame((next) => this.draw(next));
  }
}

/** Whether the tree must be laid out or fitted anew. */
function hasOtherShape(before: Scene, after: Scene): boolean {
  const isGrowing = (scene: Scene) => scene.activePath.length > 0;
  return before.nodes.length !== after.nodes.length || isGrowing(before) !== isGrowing(after);
}
