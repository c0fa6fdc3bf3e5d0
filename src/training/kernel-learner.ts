/**
 * A learner on the kernels. Parameters, gradients and moments are blocks in their memory: the network's tensors in the order of
 * `parameterShapes`, the objective's heads behind them.
 */
import type { BackendName } from "../model/backend";
import { type Backend, startBackend } from "../model/jax";
import { type HostParams, type HostTensor, parameterShapes, sizeOf } from "../model/network/parameters";
import { type FetchKernels, Kernels, type Place, type Threading } from "../model/wasm/kernels";
import { crossEntropy, type KernelTexts, readTexts, runCrossEntropy, targetLogProbs } from "./kernel-losses";
import type { Learner, LearnerState, LearnerTask, StepReport } from "./learner";
import { nextTokenCost } from "./objectives/language-model";
import { type CostReport, joinReports, type TrainingBatch } from "./objectives/objective";
import { JaxCost } from "./output-cost";

/** Kernels that have not been started yet: how much memory they need depends on the batches. */
export interface KernelBackend {
  readonly fetchKernels: FetchKernels;
  readonly threading: Threading;
  /** Starts what computes where the kernels cannot run; absent where nothing but them is wanted. */
  readonly fallBack?: () => Promise<Backend>;
}

/** A tensor's place in a block. */
interface Slice {
  readonly shape: readonly number[];
  /** Its first number. */
  readonly at: number;
  readonly size: number;
}

/** Which gradients the backward pass begins with, as in kernels/train.ts. */
const OF_LOGITS = 1;
const OF_HIDDEN = 2;

/** Runs the backward pass from the gradients of outputs that are there. */
type Back = (given: number) => void;

/** Most ranges that one update can go over. */
const MOST_RANGES = 1024;

/** See the file's head. The kernels start with the first batch, and anew for one that is larger. */
export class KernelLearner implements Learner {
  readonly #task: LearnerTask;
  readonly #trained: ReadonlySet<string>;
  readonly #slices: ReadonlyMap<string, Slice>;
  readonly #fetchKernels: FetchKernels;
  #threading: Threading;
  /** What is in no running kernels: all of it before the first batch, later the tensors that have no place in a block. */
  #state: LearnerState;
  #kernels: Kernels | null = null;
  /** Whether the kernels' products read the parameters as they are. */
  #isPacked = false;
  #cost: JaxCost | null = null;

  /** @param trained names of the parameters that learn. */
  constructor(task: LearnerTask, start: LearnerState, trained: ReadonlySet<string>, backend: KernelBackend) {
    this.#task = task;
    this.#trained = trained;
    this.#slices = slicesOf(new Map([...parameterShapes(task.config), ...task.objective.heads]));
    this.#fetchKernels = backend.fetchKernels;
    this.#threading = backend.threading;
    const { params, first, second } = start;
    this.#state = { params, first: this.#momentsOf(start, first), second: this.#momentsOf(start, second) };
  }

  /** Moments that are 0 where there are none yet. */
  #momentsOf({ params }: LearnerState, known: HostParams): HostParams {
    const moments = new Map(known);
    for (const name of this.#trained) {
      const { shape = [] } = params.get(name) ?? {};
      if (!moments.has(name)) moments.set(name, { shape, data: new Float32Array(sizeOf(shape)) });
    }
    return moments;
  }

  get backend(): BackendName {
    return this.#threading.count > 1 ? "simd-threads" : "simd";
  }

  /** See {@link Learner.step}. A thread that dies costs nothing but time: the step is made anew on one thread. */
  async step(batches: readonly TrainingBatch[], learningRate: number, count: number): Promise<StepReport> {
    const { kernels, value } = await this.#surviving(batches, (kernels) => this.#accumulate(kernels, batches));
    const { batchWeight } = this.#task.objective;
    const divisor = batchWeight === undefined ? value.weight : batchWeight * batches.length;
    this.#update(kernels, divisor, learningRate, count);
    return { loss: value.loss, metrics: value.metrics };
  }

  async evaluate(batch: TrainingBatch): Promise<CostReport> {
    return (await this.#surviving([batch], (kernels) => this.#forward(kernels, batch, false))).value;
  }

  async logProbs(batch: TrainingBatch): Promise<Float32Array> {
    const compute = async (kernels: Kernels) => targetLogProbs(kernels, batch, this.#read(kernels, batch, true).places);
    return (await this.#surviving([batch], compute)).value;
  }

  async state(): Promise<LearnerState> {
    return this.#kernels ? this.#copyOut(this.#kernels) : this.#state;
  }

  dispose(): void {
    this.#kernels?.dispose();
    this.#kernels = null;
    this.#cost?.dispose();
    this.#cost = null;
  }

  /** Computes something that changes no parameter: on one thread when one of several does not start, or dies on the way. */
  async #surviving<T>(batches: readonly TrainingBatch[], compute: (kernels: Kernels) => Promise<T>) {
    try {
      const kernels = await this.#start(batches);
      return { kernels, value: await compute(kernels) };
    } catch (thrown) {
      const isOver = this.#kernels !== null && !this.#kernels.isDead;
      if (isOver || this.#threading.count === 1) throw thrown;
      this.#stop();
      this.#threading = { ...this.#threading, count: 1 };
      const kernels = await this.#start(batches);
      return { kernels, value: await compute(kernels) };
    }
  }

  /** The kernels, with room for batches of this shape. */
  async #start(batches: readonly TrainingBatch[]): Promise<Kernels> {
    const trainTokens = Math.max(...batches.map(({ input }) => input.rows * input.rowTokens));
    const longest = Math.max(...batches.map(({ input }) => input.rowTokens), this.#task.config.max_position_embeddings);
    const { room, config } = this.#kernels ?? {};
    if (this.#kernels && room && config) {
      if (room.trainTokens >= trainTokens && config.max_position_embeddings >= longest) return this.#kernels;
      this.#stop();
    }
    const kernels = await Kernels.start(
      { ...this.#task.config, max_position_embeddings: longest },
      { extraParams: sum([...this.#task.objective.heads.values()].map(sizeOf)), trainTokens, slots: 0, passTokens: 0 },
      this.#fetchKernels,
      this.#threading,
    );
    this.#kernels = kernels;
    const { params, first, second } = this.#state;
    const write = (place: Place, tensors: HostParams) => {
      const block = kernels.floats(place, kernels.paramCount);
      for (const [name, { at }] of this.#slices) block.set(tensors.get(name)?.data ?? [], at);
    };
    write("params", params);
    write("firstMoments", first);
    write("secondMoments", second);
    kernels.ints("ranges", 3 * MOST_RANGES).set(this.#ranges().flat());
    this.#isPacked = false;
    return kernels;
  }

  /** Takes everything out of the kernels and ends them. */
  #stop(): void {
    if (!this.#kernels) return;
    this.#state = this.#copyOut(this.#kernels);
    this.#kernels.dispose();
    this.#kernels = null;
  }

  #copyOut(kernels: Kernels): LearnerState {
    const read = (place: Place, names: Iterable<string>): HostParams => {
      const block = kernels.floats(place, kernels.paramCount);
      const tensors = new Map<string, HostTensor>();
      for (const name of names) {
        const slice = this.#slices.get(name);
        const other = this.#state.params.get(name);
        if (slice) tensors.set(name, { shape: slice.shape, data: block.slice(slice.at, slice.at + slice.size) });
        else if (other) tensors.set(name, other);
      }
      return tensors;
    };
    return {
      params: read("params", this.#state.params.keys()),
      first: read("firstMoments", this.#trained),
      second: read("secondMoments", this.#trained),
    };
  }

  /** The sums of the batches' gradients, each times its weight, and the mean of their reports. */
  async #accumulate(kernels: Kernels, batches: readonly TrainingBatch[]): Promise<CostReport> {
    kernels.run("clear", 0);
    const reports: CostReport[] = [];
    for (const batch of batches) reports.push(await this.#forward(kernels, batch, true));
    return joinReports(reports);
  }

  /** What a batch costs; with `backward`, its gradients times its weight are added to the others. */
  async #forward(kernels: Kernels, batch: TrainingBatch, backward: boolean): Promise<CostReport> {
    const { objective } = this.#task;
    const isCrossEntropy = objective.cost === nextTokenCost;
    const texts = this.#read(kernels, batch, isCrossEntropy || objective.reads === "logProbs");
    const back = backward
      ? (given: number) => kernels.run("backward", texts.places.length, texts.ranges.length / 2, given)
      : null;
    if (objective.reads === "logProbs") return this.#logProbsCost(kernels, batch, texts, back);
    if (!isCrossEntropy) return this.#otherCost(kernels, batch, texts, back);
    const report = crossEntropy(kernels, batch, texts.places);
    back?.(OF_LOGITS);
    return report;
  }

  /** Puts a batch through the network. */
  #read(kernels: Kernels, { input }: TrainingBatch, isCompact: boolean): KernelTexts {
    const texts = readTexts(input, isCompact, this.#task.config.vocab_size);
    const rows = texts.places.length;
    kernels.ints("trainTokens", rows).set(texts.tokens);
    kernels.ints("trainPositions", rows).set(texts.positions);
    kernels.ints("texts", texts.ranges.length).set(texts.ranges);
    if (!this.#isPacked) kernels.run("pack", 0);
    this.#isPacked = true;
    kernels.run("forward", rows, texts.ranges.length / 2);
    return texts;
  }

  /**
   * An objective over the targets' log-probabilities: jax-js has its cost and its slope in each of them, and a slope is a weight of
   * the token's cross-entropy, with the other sign.
   */
  async #logProbsCost(kernels: Kernels, batch: TrainingBatch, texts: KernelTexts, back: Back | null) {
    const { next, ...targets } = batch.targets;
    const logProbs = targetLogProbs(kernels, batch, texts.places);
    const given = { logProbs: { shape: [logProbs.length], data: logProbs } };
    const { report, gradients } = await (await this.#jaxCost()).measure(
      { given, heads: new Map() },
      targets,
      back !== null,
    );
    const slopes = gradients?.given.logProbs;
    if (!slopes || !back) return report;
    runCrossEntropy(kernels, batch, texts.places, (place) => -report.weight * (slopes[place] ?? 0));
    back(OF_LOGITS);
    return report;
  }

  /** Any other objective: its cost and the gradients where it meets the network come from jax-js. */
  async #otherCost(kernels: Kernels, batch: TrainingBatch, { places }: KernelTexts, back: Back | null) {
    const { config, objective } = this.#task;
    const rows = places.length;
    const params = kernels.floats("params", kernels.paramCount);
    const slicesOfHeads = [...this.#slices].filter(([name]) => objective.heads.has(name));
    const read = (place: Place, width: number) => ({
      shape: [rows, width],
      data: kernels.floats(place, rows * width).slice(),
    });
    const heads = new Map(
      slicesOfHeads.map(([name, { shape, at, size }]) => [name, { shape, data: params.slice(at, at + size) }]),
    );
    const given = { hidden: read("hidden", config.hidden_size), logits: read("logits", config.vocab_size) };
    const cost = await this.#jaxCost();
    const { report, gradients } = await cost.measure({ given, heads }, batch.targets, back !== null);
    if (!gradients || !back) return report;
    const times = (data: Float32Array) => data.map((x) => x * report.weight);
    const { logits, hidden } = gradients.given;
    if (logits) kernels.floats("dLogits", logits.length).set(times(logits));
    if (hidden) kernels.floats("dHidden", hidden.length).set(times(hidden));
    if (logits || hidden) back((logits ? OF_LOGITS : 0) | (hidden ? OF_HIDDEN : 0));
    const block = kernels.floats("gradients", kernels.paramCount);
    for (const [name, { at }] of slicesOfHeads) {
      for (const [i, x] of gradients.heads.get(name)?.entries() ?? [])
        block[at + i] = (block[at + i] ?? 0) + x * report.weight;
    }
    return report;
  }

  async #jaxCost(): Promise<JaxCost> {
    this.#cost ??= new JaxCost(this.#task.objective, await startBackend("wasm"));
    return this.#cost;
  }

  /** AdamW on what learns, with gradients that are sums, to be divided by `divisor`. */
  #update(kernels: Kernels, divisor: number, learningRate: number, count: number): void {
    const { beta1, beta2, epsilon, weightDecay, clipNorm } = this.#task.adamw;
    const corrections = [1 - beta1 ** count, 1 - beta2 ** count];
    const settings = [learningRate, beta1, beta2, epsilon, weightDecay, clipNorm, ...corrections, 1 / divisor];
    kernels.floats("settings", settings.length).set(settings);
    kernels.runAlone("update", this.#ranges().length);
    this.#isPacked = false;
  }

  /** What learns, as (first, length, 1 if it decays): neighbours of one kind together. */
  #ranges(): readonly (readonly [number, number, number])[] {
    const ranges: [number, number, number][] = [];
    for (const [name, { shape, at, size }] of this.#slices) {
      if (!this.#trained.has(name)) continue;
      const decays = shape.length > 1 ? 1 : 0;
      const last = ranges.at(-1);
      if (last && last[0] + last[1] === at && last[2] === decays) last[1] += size;
      else ranges.push([at, size, decays]);
    }
    if (ranges.length > MOST_RANGES) throw new RangeError(`more than ${MOST_RANGES} pieces of parameters to train`);
    return ranges;
  }
}

function slicesOf(shapes: ReadonlyMap<string, readonly number[]>): ReadonlyMap<string, Slice> {
  const slices = new Map<string, Slice>();
  let at = 0;
  for (const [name, shape] of shapes) {
    slices.set(name, { shape, at, size: sizeOf(shape) });
    at += sizeOf(shape);
  }
  return slices;
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const x of numbers) total += x;
  return total;
}
