/**
 * An objective's cost as a function of what the network gives, on jax-js: for a network that is computed elsewhere, which goes on
 * from the gradients of its outputs.
 */
import { type Array as JaxArray, jit, valueAndGrad } from "@jax-js/jax";
import type { Backend } from "../model/jax";
import type { HostParams, HostTensor, Params } from "../model/network/parameters";
import { toArray } from "./jax-learner";
import type { LearnerTask } from "./learner";
import type { CostReport, NetworkOutput, TrainingBatch } from "./objectives/objective";
import { named } from "./optimizer";

/** What of the network's output there is. */
type OutputName = keyof NetworkOutput;

/** What the network gave, on the host. */
interface HostOutputs {
  readonly given: Readonly<Partial<Record<OutputName, HostTensor>>>;
  readonly heads: HostParams;
}

/** Gradients of the mean cost: of what the objective asked for, and of its heads. */
interface OutputGradients {
  readonly given: Readonly<Partial<Record<OutputName, Float32Array>>>;
  readonly heads: ReadonlyMap<string, Float32Array>;
}

/** What an objective reads, on the device. A type, not an interface: jax-js wants an index signature. */
type DeviceOutputs = { readonly given: Params; readonly heads: Params };

/** See the file's head. */
export class JaxCost {
  readonly #backend: Backend;
  readonly #compiled: ReturnType<typeof compile>;

  constructor(objective: LearnerTask["objective"], backend: Backend) {
    this.#backend = backend;
    this.#compiled = compile(objective);
  }

  /** What a batch costs, and with `withGradients` those of its mean. */
  async measure(
    outputs: HostOutputs,
    targets: TrainingBatch["targets"],
    withGradients: boolean,
  ): Promise<{ readonly report: CostReport; readonly gradients: OutputGradients | null }> {
    const toDevice = (tensors: Iterable<readonly [string, HostTensor]>): Params =>
      Object.fromEntries([...tensors].map(([name, tensor]) => [name, toArray(tensor)]));
    const device: DeviceOutputs = { given: toDevice(Object.entries(outputs.given)), heads: toDevice(outputs.heads) };
    const onDevice = Object.fromEntries(Object.entries(targets).map(([name, array]) => [name, toArray(array)]));
    if (!withGradients) {
      const cost = this.#compiled.cost(device, onDevice);
      return { report: await this.#report(cost.loss, cost), gradients: null };
    }
    const [[loss, aux], slopes] = this.#compiled.gradients(device, onDevice);
    const report = await this.#report(loss, aux);
    const given: Partial<Record<OutputName, Float32Array>> = {};
    for (const [name, slope] of Object.entries(slopes.given)) {
      if (isOutput(name) && this.#compiled.uses.has(name)) given[name] = await this.#backend.read(slope);
      else slope.dispose();
    }
    const heads = new Map<string, Float32Array>();
    for (const [name, slope] of Object.entries(slopes.heads)) heads.set(name, await this.#backend.read(slope));
    return { report, gradients: { given, heads } };
  }

  dispose(): void {
    this.#compiled.cost.dispose();
    this.#compiled.gradients.dispose();
  }

  async #report(loss: JaxArray, aux: { weight: JaxArray; metrics: Params }): Promise<CostReport> {
    const number = async (array: JaxArray) => (await this.#backend.read(array))[0] ?? Number.NaN;
    const metrics: [string, number][] = [];
    for (const [name, metric] of Object.entries(aux.metrics)) metrics.push([name, await number(metric)]);
    return { loss: await number(loss), weight: await number(aux.weight), metrics: Object.fromEntries(metrics) };
  }
}

const isOutput = (name: string): name is OutputName => name === "hidden" || name === "logits" || name === "logProbs";

function compile(objective: LearnerTask["objective"]) {
  /** Which outputs the objective reads; known once it has been traced. */
  const uses = new Set<OutputName>();
  const costOf = ({ given, heads }: DeviceOutputs, targets: Params) => {
    const use = (name: OutputName) => () => {
      uses.add(name);
      return named(given, name).ref;
    };
    const output = { hidden: use("hidden"), logits: use("logits"), logProbs: use("logProbs") };
    return objective.cost(output, heads, targets);
  };
  return {
    uses,
    cost: jit((outputs: DeviceOutputs, targets: Params) => costOf(outputs, targets)),
    gradients: jit((outputs: DeviceOutputs, targets: Params) =>
      valueAndGrad(
        (traced: DeviceOutputs) => {
          const { loss, weight, metrics } = costOf(traced, targets);
          const result: [JaxArray, { weight: JaxArray; metrics: Params }] = [loss, { weight, metrics }];
          return result;
        },
        { hasAux: true },
      )(outputs),
    ),
  };
}
