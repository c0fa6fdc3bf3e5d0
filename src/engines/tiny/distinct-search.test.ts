import { describe, expect, it } from "vitest";
import type { SearchConfig } from "../../core/config";
import { tinyProtocol } from "../../core/protocol/tiny";
import { createRandom, deriveSeed } from "../../core/rng";
import type { RunEvent } from "../../core/run/events";
import { fold } from "../../core/run/fold";
import { isTerminal, pathTo, type RunState, stepsTo } from "../../core/run/tree";
import { CONFIG, searchOf, started } from "../../core/search/golden-fixture";
import { createSearch } from "../../core/search/search";
import { remainingLogMass } from "../../core/search/strategies/best-first";
import { STRATEGIES } from "../../core/search/strategies/registry";
import type { JudgeWork, SampleWork, Work, WorkResult } from "../../core/search/work";
import type { Step } from "../../core/step";
import { generate } from "../../model/decode/generate";
import { toyDecoder } from "../../model/decode/toy-decoder-fixture";

/*
 * Whole searches on a model without weights that speaks the tiny model's format, one token a word: a definition (2), up to two refinements
 * (3 each) and a program (3), each choice with a probability of its own. Its programs can all be enumerated.
 */

const WORDS = ["<think>", "<define>", "<refine>", "<code>", "<end>", "<eos>", "a", "b", "c"];
const idOf = (word: string) => WORDS.indexOf(word);
const tokensOf = (text: string) => (text.match(/<\w+>|\w/g) ?? []).map(idOf).filter((id) => id >= 0);

/** What may come next; the choices' probabilities depend on all that was said. */
function choices(said: readonly string[]): readonly string[] {
  const last = said.at(-1) ?? "";
  const marker = said.findLast((word) => /define|refine|code/.test(word));
  if (last === "<think>") return ["<define>"];
  if (last === "<end>") {
    if (marker === "<code>") return ["<eos>"];
    return said.filter((word) => word === "<refine>").length < 2 ? ["<refine>", "<code>"] : ["<code>"];
  }
  if (/define|refine|code/.test(last)) return last === "<define>" ? ["a", "b"] : ["a", "b", "c"];
  return ["<end>"];
}

const known = new Map<string, Float32Array>();

const decoder = toyDecoder((tokens) => {
  const said = tokens.slice(tokens.indexOf(idOf("<think>"))).map((token) => WORDS[token] ?? "");
  const before = known.get(said.join());
  if (before !== undefined) return before;
  const random = createRandom(deriveSeed(11, ...said));
  const logits = new Float32Array(WORDS.length).fill(-1000);
  for (const word of choices(said)) logits[idOf(word)] = 3 * random.float();
  known.set(said.join(), logits);
  return logits;
});

/** All programs, a path each: 2 definitions, then 0, 1 or 2 of 3 refinements, then 3 programs. */
const PATHS = 2 * (1 + 3 + 9) * 3;

async function sampled({ requests: [request] }: SampleWork): Promise<WorkResult> {
  if (request === undefined) throw new TypeError("nothing is asked for");
  const { prompt, count, seed, stop, maxTokens, temperature, topK, topP, drawn, likeliest = false } = request;
  const seeds = Array.from({ length: count }, (_, i) => deriveSeed(seed, i));
  const sampling = { temperature, topK, topP };
  const asked = {
    prompt: tokensOf(String(prompt)),
    seeds,
    stop: new Set(stop.map(idOf)),
    maxTokens,
    sampling,
    likeliest,
  };
  const [result] = await generate(decoder, 200, [drawn === undefined ? asked : { ...asked, drawn }]);
  const completions = (result?.completions ?? []).map(({ tokens, ...rest }) => {
    const pieces = tokens.map((token) => WORDS[token] ?? "");
    return { ...rest, tokenIds: tokens, tokens: tokens.length, pieces, text: pieces.join("") };
  });
  return { kind: "sample", completions };
}

/** A program passes if it is `b` behind a path that ends with the refinement `c`. */
function judged(run: RunState, { node, code }: JudgeWork): WorkResult {
  const isRight = code === "b" && stepsTo(run, node).at(-2)?.text === "c";
  const verdict = isRight ? "passed" : "failed";
  return { kind: "judge", verdicts: [0, 1].map((index) => ({ kind: "visible", index, verdict, expected: 1, ms: 1 })) };
}

/** The rest of a run, round after round. */
async function goOn(
  from: RunState,
  worthOf: (steps: readonly Step[]) => number = ({ length }) => length / 8,
): Promise<{ readonly events: readonly RunEvent[]; readonly run: RunState }> {
  const search = createSearch(from, tinyProtocol, STRATEGIES[from.config?.strategy ?? "mcts"]);
  const events: RunEvent[] = [];
  const perform = async (work: Work): Promise<WorkResult> => {
    if (work.kind === "sample") return sampled(work);
    return work.kind === "judge" ? judged(search.run, work) : { kind: "score", value: worthOf(work.steps) };
  };
  while (!search.ended) {
    const asked = search.ask();
    events.push(...asked.events);
    for (const work of asked.work) events.push(...search.tell(work.id, await perform(work)));
  }
  return { events, run: search.run };
}

type Change = Partial<Record<"tree" | "budget" | "sampling", object>>;

function configOf(strategy: SearchConfig["strategy"], change: Change = {}): SearchConfig {
  return {
    ...CONFIG,
    strategy,
    budget: { ...CONFIG.budget, numSimulations: 1000, ...change.budget },
    sampling: { ...CONFIG.sampling, withoutReplacement: true, ...change.sampling },
    tree: { ...CONFIG.tree, samplesPerExpansion: 1, widening: 0.9, ...change.tree },
  };
}

const programs = (run: RunState) => [...run.nodes].filter((node) => isTerminal(node));

describe.each([
  ["best-of-n", "playout"],
  ["mcts", "playout"],
  ["best-first", "playout"],
  ["best-first", "scorer"],
] as const)("%s, %s", (strategy, leafValue) => {
  it("finds every program once, and then has nothing left to try", async () => {
    const { run } = await goOn(started(configOf(strategy, { tree: { leafValue } })));
    expect(run.ended?.reason).toBe("exhausted");
    expect(programs(run)).toHaveLength(PATHS);
    expect(programs(run).every(({ count, deadEnd }) => count === 1 && deadEnd === undefined)).toBe(true);
    if (strategy === "best-of-n") expect(run.simulations).toBe(PATHS + 1);
    // Steps are units of their own but where whole paths are drawn.
    expect([...run.nodes].some(({ count }) => count > 1)).toBe(strategy === "best-of-n");
  });

  it("draws the same again, from the start and from any simulation on", async () => {
    const start = started(configOf(strategy, { budget: { numSimulations: 24 }, tree: { leafValue } }), 5);
    const { events } = await goOn(start);
    expect((await goOn(start)).events).toEqual(events);
    const ends = events.flatMap(({ type }, i) => (type === "backedUp" ? [i + 1] : []));
    for (const end of ends.filter((_, i) => i % 7 === 3)) {
      const rest = await goOn(fold(start, events.slice(0, end)));
      expect(rest.events).toEqual(events.slice(end));
    }
  });
});

describe("several simulations under way", () => {
  it.each(["mcts", "best-first"] as const)("draw nothing twice either: %s", async (strategy) => {
    const { run } = await goOn(
      started(configOf(strategy, { tree: { parallelSimulations: 6, samplesPerExpansion: 2 } })),
    );
    expect(programs(run)).toHaveLength(PATHS);
    expect([...run.nodes].every(({ count }) => count === 1)).toBe(true);
  });
});

describe("beam search", () => {
  it("branches into different steps, and begins anew with what it likes", async () => {
    const tree = { beamWidth: 3, samplesPerExpansion: 3 };
    const { run } = await goOn(started(configOf("beam", { tree, budget: { numSimulations: 7 } })));
    const root = [...(run.nodes.get(0)?.children ?? [])].map((id) => run.nodes.get(id));
    // There are but two definitions; one that comes again is of another beam.
    expect(root.map((node) => node?.step?.text).sort()).toEqual(["a", "b"]);
    expect(run.nodes.get(0)?.isExhausted).toBe(true);
    expect(run.ended?.reason).toBe("budget");
    expect(programs(run).length).toBeGreaterThan(2);
  });
});

describe("with replacement", () => {
  it("the same samples come again and again", async () => {
    const change = { sampling: { withoutReplacement: false }, budget: { numSimulations: 60 } };
    const { run } = await goOn(started(configOf("best-of-n", change)));
    expect(run.ended?.reason).toBe("budget");
    expect(programs(run).some(({ count }) => count > 1)).toBe(true);
    expect([...run.nodes].every(({ samples }) => samples === undefined)).toBe(true);
  });
});

describe("best-first", () => {
  it("begins with the greedy path", async () => {
    const greedy = await goOn(started(configOf("greedy", { sampling: { withoutReplacement: false } })));
    const { run } = await goOn(started(configOf("best-first", { budget: { numSimulations: 1 } })));
    const stepsOf = (state: RunState) => [...state.nodes].map(({ step }) => step?.text);
    expect(stepsOf(run)).toEqual(stepsOf(greedy.run));
  });

  it("branches off where the most is left, and pays only for what is new", async () => {
    const start = started(configOf("best-first"));
    const { events, run } = await goOn(start);
    let state = start;
    for (const event of events) {
      if (event.type === "selected") {
        const masses = [...state.nodes].map(({ id }) => remainingLogMass(state, id));
        expect(masses[event.path.at(-1) ?? 0]).toBe(Math.max(...masses));
      }
      state = fold(state, [event]);
    }
    expect(run.tokens.sampled).toBe([...run.nodes].reduce((sum, { tokens }) => sum + tokens, 0));
  });

  it("comes to likely programs first", async () => {
    const { run } = await goOn(started(configOf("best-first")));
    const logProbOf = (id: number) => pathTo(run, id).reduce((sum, at) => sum + (run.nodes.get(at)?.logProb ?? 0), 0);
    const found = programs(run).map(({ id }) => logProbOf(id));
    const best = found.toSorted((a, b) => b - a);
    expect(found[0]).toBe(best[0]);
    // Of the likeliest third, most are among the first half.
    const likely = new Set(best.slice(0, PATHS / 3));
    expect(found.slice(0, PATHS / 2).filter((logProb) => likely.has(logProb)).length).toBeGreaterThan(
      0.8 * likely.size,
    );
    expect(found.reduce((sum, logProb) => sum + Math.exp(logProb), 0)).toBeCloseTo(1, 6);
  });
});

describe("best-first with values", () => {
  /** Right is what can still end in `c` and then `b`. */
  const exact = (steps: readonly Step[]) => {
    const refined = steps.filter(({ kind }) => kind === "refine").map(({ text }) => text);
    return refined.length === 2 && refined[1] !== "c" ? 0 : 1;
  };
  const guided = configOf("best-first", { tree: { leafValue: "scorer" }, budget: { stopAtPass: true } });

  it("goes where probability times value is largest, a step at a time", async () => {
    const { events } = await goOn(started(guided), exact);
    let state = started(guided);
    for (const event of events) {
      if (event.type === "selected") {
        const worth = [...state.nodes].map(
          ({ id, score = 1 }) => remainingLogMass(state, id) + Math.log(score || 1e-6),
        );
        expect(worth[event.path.at(-1) ?? 0]).toBe(Math.max(...worth));
      }
      state = fold(state, [event]);
    }
    expect(state.ended?.reason).toBe("passed");
    // Nothing was drawn behind what cannot be right.
    const wrong = [...state.nodes].filter(({ score }) => score === 0);
    expect(wrong.every(({ children }) => children.length === 0)).toBe(true);
  });

  it("comes to a pass with fewer tokens than by probability alone", async () => {
    const alone = await goOn(started(configOf("best-first", { budget: { stopAtPass: true } })));
    const { run } = await goOn(started(guided), exact);
    expect(run.tokens.sampled).toBeLessThan(alone.run.tokens.sampled);
  });
});

describe("a budget that ends at a pass", () => {
  it.each(["best-of-n", "majority", "mcts", "best-first"] as const)("ends %s there", async (strategy) => {
    const config = configOf(strategy, { budget: { stopAtPass: true } });
    const { run, events } = await goOn(started(config));
    expect(run.ended).toMatchObject({ reason: "passed", answer: { code: "b" } });
    expect(run.nodes.get(run.ended?.answer?.nodeId ?? 0)?.reward?.pass).toBe(1);
    expect(events.filter((event) => event.type === "evaluated" && event.reward.pass === 1)).toHaveLength(1);
    // One that was cut off between the pass and the end ends at once.
    const cut = searchOf(fold(started(config), events.slice(0, -1)));
    expect(cut.ask().events).toEqual(events.slice(-1));
  });
});
