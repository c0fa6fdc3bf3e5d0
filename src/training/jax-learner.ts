import { type Array as JaxArray, jit, numpy as np, valueAndGrad } from "@jax-js/jax";
import type { BackendName } from "../model/backend";
import type { Backend } from "../model/jax";
import type { ModelConfig } from "../model/network/config";
import { disposeParams, keepParams, type Params, toDevice, toHost } from "../model/network/parameters";
import { hiddenStates, type PackedInput, project } from "../model/network/transformer";
import type { Learner, LearnerState, LearnerTask, StepReport } from "./learner";
import { tokenLogProbs } from "./objectives/language-model";
import type { Cost, CostReport, HostArray, TrainingBatch } from "./objectives/objective";
import { adamwUpdate, initialOptState, mapParams, named, type OptState, type StepScalars } from "./optimizer";

/** A batch on the device. A type, not an interface: jax-js wants an index signature. */
type DeviceBatch = { readonly input: PackedInput; readonly targets: Params };

/** The named figures of a step, on the device. */
type DeviceReport = { readonly loss: JaxArray; readonly metrics: Record<string, JaxArray> };

/** A learner on jax-js: one compiled function for a step of one batch, which is compiled anew for another shape of batch. */
export class JaxLearner implements Learner {
  readonly #task: LearnerTask;
  readonly #backend: Backend;
  readonly #compiled: ReturnType<typeof compile>;
  readonly #frozen: Params;
  #live: Params;
  #optState: OptState;

  /**
   * @param trained names of the parameters that learn.
   * @param backend must be the one started last.
   */
  constructor(
    task: LearnerTask,
    { params, first, second }: LearnerState,
    trained: ReadonlySet<string>,
    backend: Backend,
  ) {
    this.#task = task;
    this.#backend = backend;
    this.#compiled = compile(task);
    const pick = (isWanted: boolean) => new Map([...params].filter(([name]) => trained.has(name) === isWanted));
    const [live, frozen] = [pick(true), pick(false)];
    const isNew = first.size === 0 && second.size === 0;
    this.#frozen = toDevice(frozen);
    this.#live = toDevice(live);
    this.#optState = isNew ? initialOptState(this.#live) : { first: toDevice(first), second: toDevice(second) };
  }

  get backend(): BackendName {
    return this.#backend.name;
  }

  async step(batches: readonly TrainingBatch[], learningRate: number, count: number): Promise<StepReport> {
    const { beta1, beta2 } = this.#task.adamw;
    const scalars = { learningRate, correction1: 1 - beta1 ** count, correction2: 1 - beta2 ** count };
    const [only, ...others] = batches;
    if (!only) throw new RangeError("a step without a batch");
    const next =
      others.length === 0
        ? this.#compiled.step(this.#live, keepParams(this.#frozen), this.#optState, onDevice(only), scalars)
        : this.#accumulated(batches, scalars);
    this.#live = next.params;
    this.#optState = next.state;
    return this.#read(next.report);
  }

  /** One batch after another; only their sums are held. */
  #accumulated(batches: readonly TrainingBatch[], scalars: Record<keyof StepScalars, number>) {
    const { gradients, add, apply } = this.#compiled;
    let sum: ReturnType<typeof gradients> | null = null;
    for (const batch of batches) {
      const part = gradients(keepParams(this.#live), keepParams(this.#frozen), onDevice(batch));
      sum = sum === null ? part : add(sum, part);
    }
    if (sum === null) throw new RangeError("a step without a batch");
    return apply(this.#live, this.#optState, sum, scalars);
  }

  async evaluate(batch: TrainingBatch): Promise<CostReport> {
    const cost = this.#compiled.cost(keepParams(this.#live), keepParams(this.#frozen), onDevice(batch));
    const report = await this.#read(cost);
    return { ...report, weight: (await this.#backend.read(cost.weight))[0] ?? Number.NaN };
  }

  async logProbs(batch: TrainingBatch): Promise<Float32Array> {
    return this.#backend.read(
      this.#compiled.logProbs(keepParams(this.#live), keepParams(this.#frozen), onDevice(batch)),
    );
  }

  async state(): Promise<LearnerState> {
    const { first, second } = this.#optState;
    const params = new Map([...(await toHost(this.#live)), ...(await toHost(this.#frozen))]);
    return { params, first: await toHost(first), second: await toHost(second) };
  }

  dispose(): void {
    for (const params of [this.#live, this.#frozen, this.#optState.first, this.#optState.second]) disposeParams(params);
    for (const compiled of Object.values(this.#compiled)) compiled.dispose();
  }

  async #read({ loss, metrics }: DeviceReport): Promise<StepReport> {
    const value = (await this.#backend.read(loss))[0] ?? Number.NaN;
    const figures: [string, number][] = [];
    for (const [name, metric] of Object.entries(metrics)) {
      figures.push([name, (await this.#backend.read(metric))[0] ?? Number.NaN]);
    }
    return { loss: value, metrics: Object.fromEntries(figures) };
  }
}

/** What each compiled function does; all consume their arguments. */
function compile({ config, objective, adamw }: LearnerTask) {
  const costOf = (live: Params, frozen: Params, batch: DeviceBatch) => {
    const { loss, weight, metrics } = cost(config, objective, { ...live, ...frozen }, batch);
    const outputs: [JaxArray, { weight: JaxArray; metrics: Params }] = [loss, { weight, metrics }];
    return outputs;
  };
  const gradientsOf = (live: Params, frozen: Params, batch: DeviceBatch) =>
    valueAndGrad((trained: Params) => costOf(trained, frozen, batch), { hasAux: true })(live);
  /** What a batch's gradients, times its weight, are divided by; of several batches the sum. */
  const divisorOf = (weight: JaxArray) => {
    const { batchWeight } = objective;
    return batchWeight === undefined ? weight : weight.mul(0).add(batchWeight);
  };
  return {
    cost: jit((live: Params, frozen: Params, batch: DeviceBatch) => {
      const [loss, rest] = costOf(live, frozen, batch);
      return { loss, ...rest };
    }),
    logProbs: jit((live: Params, frozen: Params, { input, targets: { next, ...others } }: DeviceBatch) => {
      disposeParams(others);
      const params = { ...live, ...frozen };
      return targetLogProbs(params, hiddenStates(config, params, input), next);
    }),
    step: jit((live: Params, frozen: Params, optState: OptState, batch: DeviceBatch, scalars: StepScalars) => {
      const [[loss, { weight, metrics }], gradients] = gradientsOf(keepParams(live), frozen, batch);
      const scale = weight.ref.div(divisorOf(weight));
      const scaled = mapParams(gradients, (tensor) => tensor.mul(scale.ref));
      scale.dispose();
      return { report: { loss, metrics }, ...adamwUpdate(adamw, scaled, live, optState, scalars) };
    }),
    /** Everything times the weight, so that it can be summed. */
    gradients: jit((live: Params, frozen: Params, batch: DeviceBatch) => {
      const [[loss, { weight, metrics }], gradients] = gradientsOf(live, frozen, batch);
      const weigh = (tensors: Params) => mapParams(tensors, (tensor) => tensor.mul(weight.ref));
      const report = { loss: loss.mul(weight.ref), metrics: weigh(metrics) };
      return { weight: weight.ref, report, gradients: weigh(gradients), divisor: divisorOf(weight) };
    }),
    add: jit((sum: Accumulated, part: Accumulated): Accumulated => {
      const join = (a: Params, b: Params) => mapParams(a, (tensor, name) => tensor.add(named(b, name)));
      return {
        weight: sum.weight.add(part.weight),
        report: {
          loss: sum.report.loss.add(part.report.loss),
          metrics: join(sum.report.metrics, part.report.metrics),
        },
        gradients: join(sum.gradients, part.gradients),
        divisor: sum.divisor.add(part.divisor),
      };
    }),
    apply: jit((live: Params, optState: OptState, sum: Accumulated, scalars: StepScalars) => {
      const { weight, report, gradients, divisor } = sum;
      const over = (tensors: Params, by: JaxArray) => mapParams(tensors, (tensor) => tensor.div(by.ref));
      return {
        report: { loss: report.loss.div(weight.ref), metrics: over(report.metrics, weight) },
        ...adamwUpdate(adamw, over(gradients, divisor), live, optState, scalars),
      };
    }),
  };
}

type Accumulated = {
  readonly weight: JaxArray;
  readonly report: DeviceReport;
  readonly gradients: Params;
  readonly divisor: JaxArray;
};

/** What a batch costs. `params` stays the caller's, the batch is consumed. */
function cost(
  config: ModelConfig,
  objective: LearnerTask["objective"],
  params: Params,
  { input, targets }: DeviceBatch,
): Cost {
  const hidden = hiddenStates(config, params, input);
  const { next, ...others } = targets;
  const output = {
    hidden: () => hidden.ref,
    logits: () => project(params, hidden.ref),
    logProbs: () => targetLogProbs(params, hidden.ref, next),
  };
  const heads = Object.fromEntries([...objective.heads.keys()].map((name) => [name, named(params, name)]));
  const result = objective.cost(output, heads, objective.reads === "logProbs" ? others : targets);
  hidden.dispose();
  return result;
}

/** [M] of targets `next`; consumes it and the hidden states. */
function targetLogProbs(params: Params, hidden: JaxArray, next: JaxArray | undefined): JaxArray {
  if (!next) throw new RangeError("the batch has no targets");
  return tokenLogProbs(project(params, hidden), next.reshape([-1]));
}

function onDevice({ input, targets }: TrainingBatch): DeviceBatch {
  const shape = [input.rows, input.rowTokens];
  return {
    input: {
      tokens: np.array(input.tokens, { shape, dtype: np.int32 }),
      positions: np.array(input.positions, { shape, dtype: np.float32 }),
      segments: np.array(input.segments, { shape, dtype: np.int32 }),
    },
    targets: Object.fromEntries(Object.entries(targets).map(([name, array]) => [name, toArray(array)])),
  };
}

/** A host array on the default device. */
export function toArray({ shape, data }: HostArray): JaxArray {
  const dtype = data instanceof Float32Array ? np.float32 : np.int32;
  return np.array(data, { shape: [...shape], dtype });
}
