import type { SearchConfig } from "../config";
import type { CallProblem, JsonValue } from "../problem";
import type { Completion, SampleRequest } from "../protocol/protocol";
import { tinyProtocol } from "../protocol/tiny";
import { createRandom, deriveSeed } from "../rng";
import type { RunEvent } from "../run/events";
import { applyEvent, initialState, replay } from "../run/fold";
import type { RunState } from "../run/tree";
import type { TestVerdict } from "../verdict";
import { createSearch, type Search } from "./search";
import { STRATEGIES } from "./strategies/registry";
import type { Work, WorkResult } from "./work";

/** A problem for golden trees: what it asks for does not matter, its tests are decided by a script. */
export const PROBLEM: CallProblem = {
  id: "golden",
  title: "Golden",
  statement: "Double it.",
  language: "javascript",
  entryPoint: "solve",
  visibleTests: [
    { input: [1], expected: 2 },
    { input: [2], expected: 4 },
  ],
};

/** One simulation at a time, two samples per expansion, c = 1. */
export const CONFIG: SearchConfig = {
  strategy: "mcts",
  budget: { numSimulations: 4, maxTokens: null, maxSeconds: null, stopAtPass: false },
  sampling: { temperature: 1, topK: 0, topP: 1, maxStepTokens: 50, maxPathTokens: 100, withoutReplacement: false },
  tree: {
    selection: "uct",
    exploration: 1,
    schedule: "const",
    samplesPerExpansion: 2,
    widening: 0,
    maxDepth: 8,
    parallelSimulations: 1,
    beamWidth: 2,
    leafValue: "playout",
  },
  compileWeight: 0,
  numGeneratedTests: 0,
  testTrust: "share",
  answer: "tests",
};

/** CONFIG with some of its tree settings and simulations changed. */
export function configOf(tree: Partial<SearchConfig["tree"]>, numSimulations: number): SearchConfig {
  return { ...CONFIG, budget: { ...CONFIG.budget, numSimulations }, tree: { ...CONFIG.tree, ...tree } };
}

/** A completion of one token per marker or character run, each with log-probability -1. */
export function completionOf(text: string, stop: readonly string[], maxTokens: number): Completion {
  const pieces: string[] = [];
  for (const piece of text.match(/<\w+>|[^<]+/g) ?? []) {
    if (pieces.length === maxTokens) break;
    pieces.push(piece);
    if (stop.includes(piece)) break;
  }
  const whole = pieces.join("");
  const finish = stop.some((marker) => whole.endsWith(marker)) || pieces.length < maxTokens ? "stop" : "length";
  return { text: whole, tokens: pieces.length, logProbs: pieces.map(() => -1), pieces, finish };
}

/** What is said after a prompt (its part behind `<think>` or `<vanilla>`), list after list; what programs pass, by their text. */
export interface World {
  readonly says: Readonly<Record<string, readonly string[]>>;
  /** How many of the 2 visible tests a program passes; 0 when not listed. */
  readonly passes?: Readonly<Record<string, number>>;
  /** What a program returns for each of the 2 tests, by its text; not said when not listed. */
  readonly returns?: Readonly<Record<string, readonly JsonValue[]>>;
  /** The step scorer's values, by the text of the last step. */
  readonly scores?: Readonly<Record<string, number>>;
}

/** Answers work the way a world says. Keeps count of what was said, so make one per run. */
export function workerOf(world: World): (work: Work) => WorkResult {
  const said = new Map<string, number>();
  const say = (prompt: string): string => {
    const key = prompt.replace(/^[\s\S]*<(think|vanilla)>/, "");
    const texts = world.says[key] ?? [];
    const count = said.get(key) ?? 0;
    said.set(key, count + 1);
    const text = texts[count % texts.length];
    if (text === undefined) throw new RangeError(`Nothing to say after "${key}"`);
    return text;
  };
  const verdicts = (code: string): readonly TestVerdict[] =>
    PROBLEM.visibleTests.map(({ expected }, index) => {
      const passed = index < (world.passes?.[code] ?? 0);
      const got = world.returns?.[code]?.[index];
      const verdict = passed ? "passed" : "failed";
      return { kind: "visible", index, verdict, expected, ms: 1, ...(got === undefined ? {} : { got }) };
    });
  return (work) => {
    if (work.kind === "judge") return { kind: "judge", verdicts: verdicts(work.code) };
    if (work.kind === "score") return { kind: "score", value: world.scores?.[work.steps.at(-1)?.text ?? ""] ?? 0 };
    const [{ prompt, count, stop, maxTokens }] = work.requests as [SampleRequest];
    return {
      kind: "sample",
      completions: Array.from({ length: count }, () => completionOf(say(String(prompt)), stop, maxTokens)),
    };
  };
}

/** A run that has started. */
export function started(config: SearchConfig, seed = 1): RunState {
  const model = { id: "golden", backend: "scripted", contextLength: 100 };
  return applyEvent(initialState(), { type: "started", problem: PROBLEM, config, seed, mode: "inference", model });
}

/** The search of a run by the strategy it is configured with. */
export function searchOf(run: RunState): Search {
  return createSearch(run, tinyProtocol, STRATEGIES[run.config?.strategy ?? "mcts"]);
}

/** Runs a search to its end, one round after the other; each round's results are told in the order of asking. */
export function drive(search: Search, perform: (work: Work) => WorkResult, maxRounds = 10_000): readonly RunEvent[] {
  const events: RunEvent[] = [];
  for (let round = 0; round < maxRounds; round++) {
    const asked = search.ask();
    events.push(...asked.events);
    if (search.ended) return events;
    if (asked.work.length === 0) throw new RangeError("The search waits for nothing.");
    for (const work of asked.work) events.push(...search.tell(work.id, perform(work)));
  }
  return events;
}

/** A whole run of a world. */
export function runWorld(
  config: SearchConfig,
  world: World,
  seed = 1,
): { readonly events: readonly RunEvent[]; readonly run: RunState } {
  const search = searchOf(started(config, seed));
  const events = drive(search, workerOf(world));
  return { events, run: search.run };
}

/** The tree as text, one node a line: what it holds, its draws, N and W. */
export function draw(run: RunState): string {
  const line = (id: number): string[] => {
    const node = run.nodes.get(id);
    if (!node) return [];
    const what = node.step ? `${node.step.kind} ${node.step.text}` : "root";
    const dead = node.deadEnd ? ` !${node.deadEnd}` : "";
    const own = `${"  ".repeat(node.depth)}${id} ${what}${dead} x${node.count} N=${node.visitCount} W=${node.valueSum}`;
    return [own, ...[...node.children].flatMap(line)];
  };
  return line(0).join("\n");
}

/** A log without its `started` event, replayed on top of one. */
export function replayed(config: SearchConfig, events: readonly RunEvent[], seed = 1): RunState {
  const model = { id: "golden", backend: "scripted", contextLength: 100 };
  return replay([{ type: "started", problem: PROBLEM, config, seed, mode: "inference", model }, ...events]);
}

/** A path as an unreliable policy would go on: few different steps, so that siblings merge, and now and then nonsense. */
function ramble(prompt: string, seed: number): string {
  const random = createRandom(seed);
  const steps: string[] = [];
  if (prompt.endsWith("<think>")) steps.push(`<define>${random.pick(["A", "B", "C"])}<end>`);
  while (!prompt.endsWith("<vanilla>") && random.chance(0.5)) steps.push(`<refine>${random.pick(["a", "b"])}<end>`);
  steps.push(random.chance(0.1) ? "nonsense" : `<code>${random.pick(["0", "1", "2"])}<end>`);
  return `${steps.join("")}<eos>`;
}

/** Answers any work by its seed alone: nothing is remembered from one piece of work to the next. A program's text is how many tests it passes. */
export function perform(work: Work): WorkResult {
  if (work.kind === "score") return { kind: "score", value: work.steps.length / 10 };
  if (work.kind === "judge") {
    const verdicts = PROBLEM.visibleTests.map(({ expected }, index) => {
      const verdict = index < Number(work.code) ? ("passed" as const) : ("failed" as const);
      return { kind: "visible" as const, index, verdict, expected, ms: 0 };
    });
    return { kind: "judge", verdicts };
  }
  const [{ prompt, count, seed, stop, maxTokens }] = work.requests as [SampleRequest];
  const completions = Array.from({ length: count }, (_, i) =>
    completionOf(ramble(String(prompt), deriveSeed(seed, i)), stop, maxTokens),
  );
  return { kind: "sample", completions };
}
