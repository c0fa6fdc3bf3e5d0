import { describe, expect, it } from "vitest";
import { SAMPLE_MODEL } from "../../store/dependencies-fixture";
import { groupModels } from "./webllm-groups";

const fault = (code: "model/memory" | "model/f16", message: string) => ({
  fault: { code, message, hint: "Take another." },
});
const CODER = { ...SAMPLE_MODEL, ref: "webllm:coder", name: "Coder 1B" };
const CHAT = { ...SAMPLE_MODEL, ref: "webllm:chat", name: "Chat 1B", isCode: false, cachedBytes: 5 };
const LARGE = { ...CODER, ref: "webllm:large", name: "Coder 7B", ...fault("model/memory", "It needs 7 GB.") };
const LARGER = { ...CODER, ref: "webllm:larger", name: "Coder 70B", ...fault("model/memory", "It needs 70 GB.") };
const HALF = { ...CODER, ref: "webllm:half", name: "Coder half", ...fault("model/f16", "No 16-bit floats.") };
const ALL = [LARGE, CODER, HALF, CHAT, LARGER];

describe("groupModels", () => {
  it("lists what can run first, then the rest by what is in its way, with what is said alike", () => {
    expect(groupModels(ALL, "all", "")).toEqual([
      { fault: null, models: [CODER, CHAT] },
      { fault: { code: "model/memory", message: "", hint: "Take another." }, models: [LARGE, LARGER] },
      { fault: { code: "model/f16", message: "No 16-bit floats.", hint: "Take another." }, models: [HALF] },
    ]);
  });

  it("filters by kind and by every word of the search", () => {
    expect(groupModels(ALL, "code", "").flatMap(({ models }) => models)).not.toContain(CHAT);
    expect(groupModels(ALL, "cached", "")).toEqual([{ fault: null, models: [CHAT] }]);
    expect(groupModels(ALL, "all", "coder 70b")).toMatchObject([{ models: [LARGER] }]);
    expect(groupModels(ALL, "all", "nothing")).toEqual([]);
  });
});
