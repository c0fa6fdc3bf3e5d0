/**
 * An objective's cost as a function of what the network gives, on jax-js: for a network that is computed elsewhere, which goes on
 * from the gradients of its outputs.
 */
import { type Array as JaxArray, jit, valueAndGrad } from "@jax-js/jax";
import type { Backend } from "../model/jax";
import type { HostParams, HostTensor, Params } from "../model/network/parameters";
import { toArray } from "./jax-learner";
import type { LearnerTask } from "./learner";
import type { CostReport, TrainingBatch } from "./objectives/objective";

/** What the network gave, on the host. */
interface HostOutputs {
  readonly hidden: HostTensor;
  readonly logits: HostTensor;
  readonly heads: HostParams;
}

/** Gradients of the mean cost; none where the objective did not ask for the output. */
interface OutputGradients {
  readonly hidden: Float32Array | null;
  readonly logits: Float32Array | null;
  readonly heads: ReadonlyMap<string, Float32Array>;
}

/** What an objective reads, on the device. A type, not an interface: jax-js wants an index signature. */
type DeviceOutputs = { readonly hidden: JaxArray; readonly logits: JaxArray; readonly heads: Params };

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
    const device: DeviceOutputs = {
      hidden: toArray(outputs.hidden),
      logits: toArray(outputs.logits),
      heads: Object.fromEntries([...outputs.heads].map(([name, tensor]) => [name, toArray(tensor)])),
    };
    const onDevice = Object.fromEntries(Object.entries(targets).map(([name, array]) => [name, toArray(array)]));
    if (!withGradients) {
      const cost = this.#compiled.cost(device, onDevice);
      return { report: await this.#report(cost.loss, cost), gradients: null };
    }
    const [[loss, aux], slopes] = this.#compiled.gradients(device, onDevice);
    const report = await this.#report(loss, aux);
    const [hidden, logits] = [await this.#backend.read(slopes.hidden), await this.#backend.read(slopes.logits)];
    const heads = new Map<string, Float32Array>();
    for (const [name, slope] of Object.entries(slopes.heads)) heads.set(name, await this.#backend.read(slope));
    const { uses } = this.#compiled;
    return {
      report,
      gradients: { hidden: uses.hidden ? hidden : null, logits: uses.logits ? logits : null, heads },
    };
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

function compile(objective: LearnerTask["objective"]) {
  /** Which outputs the objective reads; known once it has been traced. */
  const uses = { hidden: false, logits: false };
  const costOf = ({ hidden, logits, heads }: DeviceOutputs, targets: Params) => {
    const use = (name: keyof typeof uses, array: JaxArray) => () => {
      uses[name] = true;
      return array.ref;
    };
    return objective.cost({ hidden: use("hidden", hidden), logits: use("logits", logits) }, heads, targets);
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
