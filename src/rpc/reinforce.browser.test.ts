import { afterAll, expect, it } from "vitest";
import { createFrameHost, serveRealmHost } from "../sandbox/frame/realm-host";
import type { PartRecord, ReinforceRecord, StepRecord } from "../selfplay/reinforce/loop";
import { METHODS, REINFORCE_DEFAULTS, type ReinforceSpec } from "../selfplay/reinforce/spec";
import type { RunnerWorkers } from "./run-workers";
import { createExperimentRunner } from "./runner";

/** The whole app but for its interface: real workers, real sandbox, the shipped model. */
const runner = createExperimentRunner({
  backend: "simd",
  baseUrl: new URL("/", location.href).href,
  openSandbox() {
    const { port1, port2 } = new MessageChannel();
    serveRealmHost(createFrameHost(), port1);
    return port2;
  },
});
afterAll(() => runner.dispose());

/** Two short steps. */
const SPEC: ReinforceSpec = {
  ...REINFORCE_DEFAULTS,
  method: METHODS["policy-gradient"],
  tier: "hinted",
  problems: 2,
  samples: 4,
  tokens: 2_000,
  peakLearningRate: 1e-3,
  evaluation: { every: 10, problems: 1, samples: 1 },
  seed: 4,
};

async function recordsOf({ search }: RunnerWorkers, id: number, part: PartRecord | null) {
  const run = search.reinforce(id, { spec: SPEC, backend: "simd", part: part?.file ?? null });
  const records: ReinforceRecord[] = [];
  let next = await run.next();
  for (; !next.done; next = await run.next()) records.push(...next.value);
  return { records, end: next.value };
}

const isStep = (record: ReinforceRecord): record is StepRecord => record.type === "step";
const isPart = (record: ReinforceRecord): record is PartRecord => record.type === "part";

/** A record without its times; of a part what tells it from others, since bytes by the million are long in comparing. */
async function comparable(record: ReinforceRecord): Promise<unknown> {
  if (record.type !== "part") return { ...record, ms: null };
  return new Uint8Array(await crypto.subtle.digest("SHA-256", record.file)).join();
}

it("learns in the workers, goes on from a part as it would have gone on, and gives the model back as it was", async () => {
  const workers = await runner.warm("tiny");
  const { weights } = workers.model.info;
  const whole = await recordsOf(workers, 1, null);
  expect(whole.end).toEqual({ reason: "done", collapse: null });
  const steps = whole.records.filter(isStep);
  expect(steps.length).toBeGreaterThanOrEqual(2);
  // The first paths are drawn with the weights that the run began with, exactly; later ones are not.
  expect(steps[0]?.kl).toBeLessThan(1e-6);
  expect(steps[0]?.tokens.read).toBeGreaterThan(0);
  expect(steps[1]?.kl).toBeGreaterThan(1e-6);

  const first = whole.records.filter(isPart).find(({ step }) => step === 1);
  if (!first) throw new RangeError("no part");
  const rest = await recordsOf(workers, 2, first);
  const after = (records: readonly ReinforceRecord[]) => records.filter(({ step }) => step > 1);
  const shown = await Promise.all([whole, rest].map(({ records }) => Promise.all(after(records).map(comparable))));
  expect(shown[1]).toEqual(shown[0]);

  await workers.model.refresh();
  expect(workers.model.info.weights).toBe(weights);
});
