import { describe, expect, it } from "vitest";
import type { KeptCheckpoint } from "../../ports/checkpoint-store";
import type { KeptDataset } from "../../ports/dataset-store";
import type { KeptTraining } from "../../ports/training-archive";
import type { Work } from "../../store/train/state";
import { barShare, datasetRemovalWords, hindrance, keyFigure, removalWords, stateWords, viewOf } from "./train-words";

const checkpoint = (id: string, parents: readonly string[] = [], options = {}) =>
  ({ record: { id, parents, options } }) as KeptCheckpoint;
const dataset = (model: string, content: string | null) =>
  ({
    id: `of ${model}`,
    recipe: { source: "trees", model, problems: 4 },
    content,
    counts: { problems: 1 },
  }) as KeptDataset;
const NOTHING = { trainings: [], checkpoints: [], datasets: [], model: "tiny" };

describe("removalWords", () => {
  it("has nothing to say where nothing hangs on it", () => {
    expect(removalWords("aa", NOTHING)).toBe("");
    expect(removalWords("aa", { ...NOTHING, model: "tiny@bb", checkpoints: [checkpoint("aa")] })).toBe("");
  });

  it("says what goes with a checkpoint, what breaks and what stays", () => {
    const words = removalWords("aa", {
      trainings: [{ checkpoint: "aa" } as KeptTraining],
      checkpoints: [checkpoint("aa"), checkpoint("bb", ["aa"])],
      datasets: [dataset("tiny@aa", null), dataset("tiny@aa", "cc"), dataset("tiny", "dd")],
      model: "tiny@bb+scorer@aa",
    });
    expect(words).toBe(
      "Its curves and answers go too. The explorer is set up with it. 1 data set cannot be completed without it. " +
        "1 checkpoint and 1 data set made with it stay.",
    );
  });

  it("says what has learnt from a data set", () => {
    expect(datasetRemovalWords(dataset("tiny", "cc"), [checkpoint("aa", [], { dataset: "cc" })])).toBe(
      "1 checkpoint made with it stays.",
    );
    expect(datasetRemovalWords(dataset("tiny", null), [checkpoint("aa")])).toBe("");
  });
});

describe("a stage that has just begun", () => {
  const job = { kind: "policy", objective: { name: "sft" } } as KeptTraining["job"];
  const work = { stage: "policy", id: "t", share: 0, preparation: null, isStopping: false } as Work;
  const view = (progress: object | null, change: Partial<Work> = {}, totalTokens = 0) =>
    viewOf("policy", {
      trainings: [{ id: "t", job, progress, checkpoint: null, totalTokens } as unknown as KeptTraining],
      ...{ datasets: [], elsewhere: [], faults: {}, work: { ...work, ...change } },
    });

  it("says what happens, beside a bar that does not know how much is left", () => {
    expect([stateWords(view(null), null), barShare(view(null))]).toEqual(["Getting model and data ready", null]);
    const first = view({ tokens: 0 }, {}, 100);
    expect([stateWords(first, null), barShare(first)]).toEqual(["The first steps are under way", null]);
    const reading = view(null, { preparation: { message: "Reading", fraction: 0.25 } });
    expect([stateWords(reading, null), barShare(reading)]).toEqual(["Reading", 0.25]);
  });

  it("goes on from where it was when it is taken up again", () => {
    const resumed = view({ tokens: 40 }, {}, 100);
    expect([stateWords(resumed, null), barShare(resumed)]).toEqual(["40 %", 0.4]);
  });

  it("cannot be started while another tab has it, or this one is busy", () => {
    expect(hindrance({ ...view(null), state: "elsewhere" }, false)).toBe("Under way in another tab");
    expect(hindrance({ ...view(null), state: "new" }, true)).toBe("Something else is running");
    expect(hindrance({ ...view(null), state: "new" }, false)).toBeUndefined();
  });
});

describe("keyFigure", () => {
  const curve = [0.7, 0.4, 0.6].map((evaluation) => ({ evaluation, held: null }));
  const of = (keep: "last" | "best") =>
    keyFigure({ job: { objective: { name: "sft" }, options: { keep } }, curve } as unknown as KeptTraining);

  it("is of the weights that are kept", () => {
    expect(of("last")).toBe("held-out loss 0.700 → 0.600");
    expect(of("best")).toBe("held-out loss 0.700 → 0.400");
  });
});
