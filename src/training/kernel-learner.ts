/**
 * A learner on the kernels. Parameters, gradients and moments are blocks in their memory: the network's tensors in the order of
 * `parameterShapes`, the objective's heads behind them.
 */
import type { BackendName } from "../model/backend";
import { type Backend, startBackend } from "../model/jax";
import { type HostParams, type HostTensor, parameterShapes, sizeOf } from "../model/network/parameters";
import { type FetchKernels, Kernels, type Place, type Threading } from "../model/wasm/kernels";
import type { PackedTexts } from "./data/packing";
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
    const isCrossEntropy = this.#task.objective.cost === nextTokenCost;
    const texts = readTexts(batch.input, isCrossEntropy, this.#task.config.vocab_size);
    const rows = texts.places.length;
    kernels.ints("trainTokens", rows).set(texts.tokens);
    kernels.ints("trainPositions", rows).set(texts.positions);
    kernels.ints("texts", texts.ranges.length).set(texts.ranges);
    if (!this.#isPacked) kernels.run("pack", 0);
    this.#isPacked = true;
    kernels.run("forward", rows, texts.ranges.length / 2);
    const back = (given: number) => kernels.run("backward", rows, texts.ranges.length / 2, given);
    if (!isCrossEntropy) return this.#otherCost(kernels, batch, rows, backward ? back : null);
    const report = crossEntropy(kernels, batch, texts.places);
    if (backward) back(OF_LOGITS);
    return report;
  }

  /** Any objective: its cost and the gradients where it meets the network come from jax-js. */
  async #otherCost(
    kernels: Kernels,
    batch: TrainingBatch,
    rows: number,
    backward: ((given: number) => void) | null,
  ): Promise<CostReport> {
    const { config, objective } = this.#task;
    this.#cost ??= new JaxCost(objective, await startBackend("wasm"));
    const params = kernels.floats("params", kernels.paramCount);
    const slicesOfHeads = [...this.#slices].filter(([name]) => objective.heads.has(name));
    const read = (place: Place, width: number) => ({
      shape: [rows, width],
      data: kernels.floats(place, rows * width).slice(),
    });
    const heads = new Map(
      slicesOfHeads.map(([name, { shape, at, size }]) => [name, { shape, data: params.slice(at, at + size) }]),
    );
    const outputs = { hidden: read("hidden", config.hidden_size), logits: read("logits", config.vocab_size), heads };
    const { report, gradients } = await this.#cost.measure(outputs, batch.targets, backward !== null);
    if (!gradients || !backward) return report;
    const times = (data: Float32Array) => data.map((x) => x * report.weight);
    const { logits, hidden } = gradients;
    if (logits) kernels.floats("dLogits", logits.length).set(times(logits));
    if (hidden) kernels.floats("dHidden", hidden.length).set(times(hidden));
    if (logits || hidden) backward((logits ? OF_LOGITS : 0) | (hidden ? OF_HIDDEN : 0));
    const block = kernels.floats("gradients", kernels.paramCount);
    for (const [name, { at }] of slicesOfHeads) {
      for (const [i, x] of gradients.heads.get(name)?.entries() ?? [])
        block[at + i] = (block[at + i] ?? 0) + x * report.weight;
    }
    return report;
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

/** Texts as the kernels read them: one after the other. */
interface KernelTexts {
  readonly tokens: readonly number[];
  readonly positions: readonly number[];
  /** First token and length of each text. */
  readonly ranges: readonly number[];
  /** Where each token was in the packed batch. */
  readonly places: readonly number[];
}

/**
 * A text is a run of one segment in a row. Padding is left out when `isCompact`; else it is read as the text that it looks like, so
 * that every place of the batch has its outputs.
 * @throws RangeError for a token that is not in the vocabulary.
 */
function readTexts(input: PackedTexts, isCompact: boolean, vocabularySize: number): KernelTexts {
  const [tokens, positions, ranges, places]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let place = 0; place < input.rows * input.rowTokens; place++) {
    const segment = input.segments[place] ?? 0;
    if (segment === 0 && isCompact) continue;
    const token = input.tokens[place] ?? 0;
    if (token < 0 || token >= vocabularySize) throw new RangeError(`no token has the number ${token}`);
    const isFirst = place % input.rowTokens === 0 || input.segments[place - 1] !== segment;
    if (isFirst) ranges.push(tokens.length, 0);
    ranges[ranges.length - 1] = tokens.length + 1 - (ranges.at(-2) ?? 0);
    tokens.push(token);
    positions.push(input.positions[place] ?? 0);
    places.push(place);
  }
  return { tokens, positions, ranges, places };
}

/** What {@link nextTokenCost} tells; leaves the gradient of its sum at the logits. */
function crossEntropy(kernels: Kernels, { targets }: TrainingBatch, places: readonly number[]): CostReport {
  const { next, weights } = targets;
  if (!next || !weights) throw new RangeError("the batch has no targets");
  const rows = places.length;
  const [targetsIn, weightsIn] = [kernels.ints("targets", rows), kernels.floats("lossWeights", rows)];
  for (const [i, place] of places.entries()) {
    const target = next.data[place] ?? 0;
    if (target < 0 || target >= kernels.config.vocab_size) throw new RangeError(`no token has the number ${target}`);
    targetsIn[i] = target;
    weightsIn[i] = weights.data[place] ?? 0;
  }
  kernels.floats("arguments", 1)[0] = 1;
  kernels.run("crossEntropy", rows);
  const weight = Math.max(sum(kernels.floats("lossWeights", rows)), 1e-6);
  const mean = (place: Place) => sum(kernels.floats(place, rows)) / weight;
  return { weight, loss: mean("losses"), metrics: { accuracy: mean("hits") } };
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const x of numbers) total += x;
  return total;
}
