import { describe, expect, it } from "vitest";
import { parseModelRef } from "../../core/model";
import { SAMPLE_MODEL, SAMPLE_PYTHON } from "../../store/dependencies-fixture";
import { SAMPLE_PROBLEM } from "../../testing/sample-run";
import { modelState, modelWords, quantizationWords } from "./model-words";

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
const listing = (change: Partial<typeof SAMPLE_MODEL>) => ({ adapter: null, models: [{ ...SAMPLE_MODEL, ...change }] });

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
    expect(modelState("tiny", null, SAMPLE_PROBLEM)).toBeNull();
    expect(modelState("tiny", null, PYTHON)).toEqual({
      kind: "fault",
      text: "The tiny model writes JavaScript, but this problem is in Python.",
    });
  });

  it("says where an endpoint sends problems", () => {
    const state = modelState("openai:http://gpu-17:8000/v1#coder", null, PYTHON);
    expect(state).toEqual({ kind: "ready", text: "Problems and steps are sent to gpu-17:8000." });
  });

  it("says what a model of the list takes before it runs", () => {
    const of = (change: Partial<typeof SAMPLE_MODEL>) => modelState(SAMPLE_MODEL.ref, listing(change), PYTHON);
    expect(modelState(SAMPLE_MODEL.ref, null, PYTHON)).toBeNull();
    expect(of({})).toEqual({ kind: "download", text: "Not here yet: Run downloads up to 945 MB first." });
    expect(of({ cachedBytes: 876e6 })).toEqual({ kind: "ready", text: "876 MB in this browser." });
    const fault = { code: "model/no-webgpu", message: "No WebGPU.", hint: "Use another browser." } as const;
    expect(of({ fault })).toEqual({ kind: "fault", text: "No WebGPU. Use another browser." });
    expect(modelState("webllm:unknown", listing({}), PYTHON)?.kind).toBe("fault");
  });
});
