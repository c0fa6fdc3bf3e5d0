import { describe, expect, it } from "vitest";
import { formatModelRef, parseModelRef } from "../../core/model";
import type { KeptCheckpoint } from "../../ports/checkpoint-store";
import { SAMPLE_MODEL, SAMPLE_PYTHON } from "../../store/dependencies-fixture";
import { SAMPLE_PROBLEM } from "../../testing/sample-run";
import { type KnownModels, modelState, modelWords, quantizationWords, withoutMissing } from "./model-words";

describe("quantizationWords", () => {
  it.each([
    ["q4f16_1", "4-bit, f16"],
    ["q3f16_0", "3-bit, f16"],
    ["q0f32", "f32"],
    ["int8", "int8"],
    ["", ""],
  ])("says %s in words", (quantization, words) => {
    expect(quantizationWords(quantization)).toBe(words);
  });
});

const [PYTHON = SAMPLE_PROBLEM] = SAMPLE_PYTHON;
const NOTHING = { listing: null, checkpoints: null };
const listing = (change: Partial<typeof SAMPLE_MODEL>) => ({
  listing: { adapter: null, models: [{ ...SAMPLE_MODEL, ...change }] },
  checkpoints: null,
});

describe("modelWords", () => {
  it("tell the tiny model's checkpoints apart", () => {
    const words = (model: string) => Object.values(modelWords(parseModelRef(model))).join(", ");
    expect(words("tiny")).toBe("Tiny model, built in");
    expect(words("tiny+scorer@p1")).toBe("Tiny model + scorer p1, built in");
    expect(words("tiny@a1+scorer@p1+tests@t1")).toBe("Tiny model a1 + scorer p1 + tests t1, checkpoint");
  });
});

describe("modelState", () => {
  it("has nothing to say of the tiny model, unless it cannot solve the problem", () => {
    expect(modelState("tiny", NOTHING, SAMPLE_PROBLEM)).toBeNull();
    expect(modelState("tiny", NOTHING, PYTHON)).toEqual({
      kind: "fault",
      text: "The tiny model writes JavaScript, but this problem is in Python.",
    });
  });

  it("says which checkpoints are not here once it is known, and goes on without them alone", () => {
    const model = "tiny@aa+scorer@bb+tests@cc";
    const having = (...ids: readonly string[]) => ids.map((id) => ({ record: { id } }) as KeptCheckpoint);
    const stateWith = (checkpoints: KnownModels["checkpoints"]) =>
      modelState(model, { listing: null, checkpoints }, SAMPLE_PROBLEM);
    expect(stateWith(null)).toBeNull();
    expect(stateWith(having("aa", "bb", "cc"))).toBeNull();
    expect(stateWith(having("bb", "cc"))).toEqual({
      kind: "fault",
      text: "The policy aa is not in this browser. Ask whoever sent this for its zip, and import it.",
    });
    expect(stateWith(having("aa"))?.text).toMatch(/^The step scorer bb and the test generator cc are not/);
    const without = (checkpoints: readonly KeptCheckpoint[]) =>
      formatModelRef(withoutMissing(parseModelRef(model), checkpoints));
    expect(without(having("bb"))).toBe("tiny+scorer@bb");
    expect(without([])).toBe("tiny");
  });

  it("says where an endpoint sends problems", () => {
    const state = modelState("openai:http://gpu-17:8000/v1#coder", NOTHING, PYTHON);
    expect(state).toEqual({ kind: "ready", text: "Problems and steps are sent to gpu-17:8000." });
  });

  it("says what a model of the list takes before it runs", () => {
    const of = (change: Partial<typeof SAMPLE_MODEL>) => modelState(SAMPLE_MODEL.ref, listing(change), PYTHON);
    expect(modelState(SAMPLE_MODEL.ref, NOTHING, PYTHON)).toBeNull();
    expect(of({})).toEqual({ kind: "download", text: "Not here yet: Run downloads up to 945 MB first." });
    expect(of({ cachedBytes: 876e6 })).toEqual({ kind: "ready", text: "876 MB in this browser." });
    const fault = { code: "model/no-webgpu", message: "No WebGPU.", hint: "Use another browser." } as const;
    expect(of({ fault })).toEqual({ kind: "fault", text: "No WebGPU. Use another browser." });
    expect(modelState("webllm:unknown", listing({}), PYTHON)?.kind).toBe("fault");
  });
});
