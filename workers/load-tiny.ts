import { LabError } from "../src/core/errors";
import { formatModelRef, type ModelRef } from "../src/core/model";
import { createTinyModel, fetchTinyModel, fetchTinyTokenizer, type TinyModelFiles } from "../src/engines/tiny/model";
import { createPlannedTestGenerator } from "../src/engines/tiny/planned-test-generator";
import { createTinyScorer } from "../src/engines/tiny/scorer";
import { createTinyTestGenerator } from "../src/engines/tiny/test-generator";
import { fetchKernelsFrom } from "../src/model/wasm/kernels";
import type { CheckpointKind } from "../src/ports/checkpoint-store";
import type { Preparation } from "../src/ports/experiment-runner";
import type { ModelRoles, ModelWorkerOptions } from "../src/rpc/model";
import { createBrowserMemory } from "../src/storage/browser-memory";
import { IndexedCheckpointStore } from "../src/storage/checkpoints";
import { LabDatabase } from "../src/storage/database";
import { withShipped } from "../src/storage/shipped";
import { readModel } from "../src/training/model-file";

/**
 * The tiny model: the weights from this app's own folder, and checkpoints of this browser in the roles that the reference names.
 * @throws LabError `model/no-such-checkpoint` for one that is not here, `input/model` for one that cannot play its role.
 */
export async function loadTiny(
  ref: ModelRef & { readonly engine: "tiny" },
  { backend, baseUrl }: ModelWorkerOptions,
  report: (preparation: Preparation) => void,
): Promise<ModelRoles> {
  const folder = new URL("models/tiny/", baseUrl);
  const kernels = fetchKernelsFrom(new URL("kernels/", baseUrl).href);
  const loading = (fraction: number) => report({ message: "Loading the model", fraction });
  const kept = (id: string, as: Role) => keptModel(id, as, folder);
  // All are looked up first: what is not here is said before anything is measured.
  const shipped = { files: () => fetchTinyModel(folder, loading), kind: "base" as CheckpointKind };
  const policySource = ref.checkpoint === undefined ? shipped : await kept(ref.checkpoint, "policy");
  const scorerSource = ref.scorer === undefined ? null : await kept(ref.scorer, "scorer");
  const testsSource = ref.testGenerator === undefined ? null : await kept(ref.testGenerator, "test generator");
  const policyFiles = await policySource.files();
  report({ message: "Choosing where the model runs", fraction: null });
  const wanted = backend === "auto" ? { memory: createBrowserMemory(), version: import.meta.env.APP_VERSION } : backend;
  const policy = await createTinyModel(policyFiles, kernels, wanted, formatModelRef(ref));
  const writer = testsSource ? await createTinyModel(await testsSource.files(), kernels, policy.backend) : policy;
  const plans = (testsSource ?? policySource).kind === "tcg";
  return {
    policy,
    testGenerator: plans ? createPlannedTestGenerator(writer) : createTinyTestGenerator(writer),
    weights: policy,
    ...(scorerSource ? { scorer: await createTinyScorer(await scorerSource.files(), kernels, policy.backend) } : {}),
  };
}

type Role = "policy" | "scorer" | "test generator";

/** What can play each role: a process reward model has been trained away from proposing steps, and no other can score them. */
const KINDS: Readonly<Record<Role, readonly CheckpointKind[]>> = {
  policy: ["base", "policy", "tcg"],
  scorer: ["prm"],
  "test generator": ["base", "policy", "tcg"],
};

/** A checkpoint of this browser, or one that comes with the app. */
async function keptModel(
  id: string,
  role: Role,
  folder: URL,
): Promise<{ readonly kind: CheckpointKind; readonly files: () => Promise<TinyModelFiles> }> {
  const store = withShipped(new IndexedCheckpointStore(new LabDatabase()), new URL("../", folder));
  const weights = await store.file(id);
  const { record } = await readModel(weights);
  if (!KINDS[role].includes(record.kind)) {
    const hint = record.kind === "prm" ? `Write tiny+scorer@${id}.` : "Take one of the kind prm.";
    throw new LabError(
      "input/model",
      `Checkpoint ${id} is of the kind ${record.kind} and cannot be the ${role}.`,
      hint,
    );
  }
  return {
    kind: record.kind,
    files: async () => ({ config: record.config, tokenizer: await fetchTinyTokenizer(folder), weights }),
  };
}
