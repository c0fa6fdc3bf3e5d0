import { describe, expect, it } from "vitest";
import { MCTS, outcomeOf, SPEC, VANILLA } from "./compare-fixture";
import { comparisonTable, PAPER_TABLE_1, paperRowFor } from "./table";

/** Four problems by code at once, one right; three of them by tree search, two right, at five times the tokens. */
const OUTCOMES = [
  outcomeOf(VANILLA, "a", true, { freshPassShare: 0.5 }),
  outcomeOf(VANILLA, "b", false),
  outcomeOf(VANILLA, "c", false),
  outcomeOf(VANILLA, "d", false, { ended: "error", message: "Gone.", tokens: 0, promptTokens: 0, prefilledTokens: 0 }),
  outcomeOf(MCTS, "b", true, { tokens: 500, freshPassShare: 1 }),
  outcomeOf(MCTS, "a", true, { tokens: 500, freshPassShare: 0.25 }),
  outcomeOf(MCTS, "c", false, { tokens: 500, elapsedMs: 8000 }),
];

const rowsOf = (outcomes = OUTCOMES, spec = SPEC) => comparisonTable(spec, outcomes, 10).rows;

describe("the table", () => {
  it("counts what is done, and over that", () => {
    const [vanilla, mcts] = rowsOf();
    expect(vanilla).toMatchObject({ id: VANILLA, done: 4, total: 10, errors: 1, solved: 1, passAt1: { value: 0.25 } });
    expect(mcts).toMatchObject({ id: MCTS, done: 3, total: 10, errors: 0, solved: 2, passAt1: { n: 3 } });
    // Wilson for 1 of 4.
    expect(vanilla?.passAt1?.ci95[0]).toBeCloseTo(0.0456, 4);
    expect(vanilla?.passAt1?.ci95[1]).toBeCloseTo(0.6994, 4);
  });

  it("spreads what was spent over all problems, and over the solved ones", () => {
    const [vanilla, mcts] = rowsOf();
    // 300 tokens on 4 problems, 1 solved, in 8 seconds.
    expect(vanilla).toMatchObject({
      tokensPerProblem: 75,
      tokensPerSolved: 300,
      secondsPerProblem: 2,
      secondsPerSolved: 8,
    });
    // 1,500 tokens on 3, 2 solved, in 12 seconds.
    expect(mcts).toMatchObject({
      tokensPerProblem: 500,
      tokensPerSolved: 750,
      secondsPerProblem: 4,
      secondsPerSolved: 6,
    });
    expect(mcts).toMatchObject({ promptTokensPerProblem: 1000, cachedShare: 0.6, costPerSolved: null });
  });

  it("puts a price on it", () => {
    const [vanilla, mcts] = rowsOf(OUTCOMES, { ...SPEC, price: { prompt: 1, completion: 10 } });
    // 3,000 prompt tokens at 1 and 300 sampled at 10 a million; then 3,000 and 1,500 for two.
    expect(vanilla?.costPerSolved).toBeCloseTo(0.006, 12);
    expect(mcts?.costPerSolved).toBeCloseTo(0.009, 12);
  });

  it("averages fresh samples over the problems that have them", () => {
    expect(rowsOf().map(({ aspr }) => aspr)).toEqual([
      { value: 0.5, problems: 1 },
      { value: 0.625, problems: 2 },
    ]);
  });

  it("compares with vanilla on the problems both have done", () => {
    const [vanilla, mcts] = rowsOf();
    expect(vanilla?.gain).toBeNull();
    // a: both, b: tree search only, c: neither.
    expect(mcts?.gain).toMatchObject({ value: 1 / 3, n: 3 });
    expect(rowsOf(OUTCOMES.filter(({ cell }) => cell === MCTS))[1]?.gain).toBeNull();
    expect(rowsOf(OUTCOMES, { ...SPEC, strategies: ["mcts-puct"] })[0]?.gain).toBeNull();
  });

  it("does not depend on the order, and takes the newest of two", () => {
    expect(rowsOf([...OUTCOMES].reverse())).toEqual(rowsOf());
    expect(rowsOf([...OUTCOMES, outcomeOf(VANILLA, "b", true)])[0]).toMatchObject({ done: 4, solved: 2 });
  });

  it("leaves out what was stopped, and what belongs to no cell", () => {
    const extra = [outcomeOf(VANILLA, "e", true, { ended: "stopped" }), outcomeOf("beam tiny", "e", true)];
    expect(rowsOf([...OUTCOMES, ...extra])).toEqual(rowsOf());
  });

  it("says nothing of what is not done", () => {
    const [vanilla] = rowsOf([]);
    expect(vanilla).toMatchObject({
      done: 0,
      passAt1: null,
      aspr: null,
      tokensPerProblem: null,
      cachedShare: null,
      tokensPerSolved: null,
      secondsPerSolved: null,
    });
  });
});

describe("the paper's figures", () => {
  it("are those of its Table 1", () => {
    expect(PAPER_TABLE_1).toHaveLength(8);
    // The paper prints the differences itself: Pass@1 -9.1, -5.0, -9.7, +0.5; ASPR +4.6, +18.6, +11.7, +25.6.
    const differences = [0, 2, 4, 6].map((i) => {
      const [vanilla, pseudocode] = PAPER_TABLE_1.slice(i, i + 2);
      if (vanilla?.model !== pseudocode?.model) throw new Error("rows out of order");
      const gain = (key: "passAt1" | "aspr") => (((pseudocode?.[key] ?? 0) - (vanilla?.[key] ?? 0)) * 100).toFixed(1);
      return [gain("passAt1"), gain("aspr")];
    });
    expect(differences).toEqual([
      ["-9.1", "4.6"],
      ["-5.0", "18.6"],
      ["-9.7", "11.7"],
      ["0.5", "25.6"],
    ]);
  });

  it("stand beside a like model and strategy, and nowhere else", () => {
    const [vanilla, mcts] = rowsOf();
    expect(vanilla?.paper).toEqual({ model: "Qwen2.5-Coder-7B", kind: "vanilla", passAt1: 0.577, aspr: 0.493 });
    expect(mcts?.paper).toBeNull();
    expect(paperRowFor("openai:http://localhost:8000/v1#Qwen/Qwen2.5-1.5B-Instruct", "sample")).toMatchObject({
      model: "Qwen2.5-1.5B",
      kind: "pseudocode",
    });
    expect(paperRowFor("webllm:Qwen2.5-Coder-1.5B-Instruct-q4f16_1-MLC", "vanilla")).toBeNull();
    expect(paperRowFor("webllm:Llama-3.2-3B-Instruct-q4f16_1-MLC", "vanilla")).toBeNull();
    expect(paperRowFor("tiny", "vanilla")).toBeNull();
  });
});
