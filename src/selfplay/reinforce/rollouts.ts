/** Whole paths of a policy on training problems, judged and, where there is a scorer, scored step by step. */
import type { Problem } from "../../core/problem";
import type { Completion } from "../../core/protocol/protocol";
import { deriveSeed } from "../../core/rng";
import { type Draw, drawRequest, promptFor, readDraw } from "../../core/search/draw";
import type { Step } from "../../core/step";
import type { TestVerdict } from "../../core/verdict";
import { protocolOf, type RunPorts } from "../../experiment/run/requirements";
import { newRunStats } from "../../experiment/run/run-stats";
import { Judge, searchTests, usableTests } from "../../experiment/run/tests";
import { PRESETS } from "../../experiment/spec/presets";
import type { Puzzle } from "../../puzzles/generator";
import type { ReinforceSpec } from "./spec";

/** A path, what was drawn with which probability, and what became of it. */
export interface Rollout {
  readonly prompt: string;
  readonly tokenIds: readonly number[];
  /** Of each token when it was drawn, at temperature 1 from the whole vocabulary. */
  readonly logProbs: readonly number[];
  readonly steps: readonly Step[];
  /** Tokens up to the end of each step. */
  readonly ends: readonly number[];
  /** The path ran into the limit of its tokens. */
  readonly isCut: boolean;
  /** On visible, generated and hidden tests; none for a path without a program. */
  readonly verdicts: readonly TestVerdict[];
  /** R; see {@link outcomeOf}. */
  readonly outcome: number;
  /** r_1 to r_m: the values of the steps before the program, 0 for a dead end; null where nobody has scored them. */
  readonly process: readonly number[] | null;
}

/** All paths of one problem. */
export interface RolloutGroup {
  readonly problem: Problem;
  readonly rollouts: readonly Rollout[];
}

/** Rollouts, and where the time went: wall milliseconds, without what went on beside it. */
export interface RolledOut {
  readonly groups: readonly RolloutGroup[];
  readonly ms: { readonly sampling: number; readonly scoring: number; readonly judging: number };
}

/** What is rolled out. */
export interface RolloutRequest extends Pick<ReinforceSpec, "samples" | "tests"> {
  readonly puzzles: readonly Puzzle[];
  readonly ports: RunPorts;
  readonly seed: number;
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Generated tests of a problem, where those decide. */
const GENERATED_TESTS = 4;

/** Paths drawn at once: a model's largest batch. Programs of one batch are judged while the next is drawn. */
const PATHS_AT_ONCE = 64;

/** No top-k and no top-p: a policy gradient needs the probabilities that were really drawn from. */
const SAMPLING = { ...PRESETS["mcts-tiny"].sampling, temperature: 1, topK: 0, topP: 1 };

/** Tokens that a path has at most. */
export const MOST_PATH_TOKENS = SAMPLING.maxPathTokens;

/**
 * R of a path, from its verdicts. On a problem's own tests all or nothing, as Pass@1 counts: a wrong program often passes some tests (an
 * order that was right already, a filter that drops nothing), and a share would pay for just that. Generated tests may be wrong, so
 * that they have a vote and no veto: the share of them that pass, once all visible ones do.
 */
export function outcomeOf(verdicts: readonly TestVerdict[], tests: ReinforceSpec["tests"]): number {
  if (tests === "own") return Number(passes(verdicts, "visible", "hidden"));
  if (!passes(verdicts, "visible")) return 0;
  const votes = verdicts.filter(({ kind }) => kind === "generated");
  return votes.length === 0 ? 1 : votes.filter(({ verdict }) => verdict === "passed").length / votes.length;
}

/** Whether there is a program and it passes all tests of some kinds. */
export function passes(verdicts: readonly TestVerdict[], ...kinds: readonly TestVerdict["kind"][]): boolean {
  const own = verdicts.filter(({ kind }) => kinds.includes(kind));
  return own.length > 0 && own.every(({ verdict }) => verdict === "passed");
}

/**
 * Draws `samples` paths of each puzzle. Same weights, same backend, same seed: same rollouts.
 * @throws LabError what the ports throw; the signal's reason.
 */
export async function rollOut(request: RolloutRequest): Promise<RolledOut> {
  const { puzzles, samples, ports, now, signal } = request;
  const ms = { sampling: 0, scoring: 0, judging: 0 };
  const timed = async <T>(part: keyof typeof ms, work: () => Promise<T>): Promise<T> => {
    const begun = now();
    const result = await work();
    ms[part] += now() - begun;
    return result;
  };
  const atOnce = Math.max(1, Math.floor(PATHS_AT_ONCE / samples));
  const judged: Promise<RolloutGroup>[] = [];
  for (let from = 0; from < puzzles.length; from += atOnce) {
    const some = puzzles
      .slice(from, from + atOnce)
      .map((puzzle) => ({ puzzle, draw: drawOf(puzzle.problem, request) }));
    const protocol = protocolOf(ports.policy.info);
    const results = await timed("sampling", () =>
      ports.policy.sample(
        some.map(({ draw }) => drawRequest(protocol, draw)),
        signal,
      ),
    );
    for (const [i, { puzzle, draw }] of some.entries()) {
      const paths = (results[i]?.completions ?? []).map((completion) => readPath(completion, draw, ports));
      const values = await timed("scoring", () => processOf(puzzle.problem, paths, ports, signal));
      const group = judgeAll(request, puzzle, paths, values);
      // It is awaited below; when another fails first, nobody waits for it any more.
      group.catch(() => undefined);
      judged.push(group);
    }
  }
  const groups = await timed("judging", () => Promise.all(judged));
  return { groups, ms };
}

function drawOf(problem: Problem, { samples, seed }: RolloutRequest): Draw {
  const own = deriveSeed(seed, problem.id);
  return { purpose: "playout", problem, prefix: [], sampling: SAMPLING, count: samples, seed: own, keepIds: true };
}

/** A path as it was read. */
type Path = Omit<Rollout, "verdicts" | "outcome" | "process"> & { readonly isDeadEnd: boolean };

function readPath(completion: Completion, draw: Draw, { policy }: RunPorts): Path {
  const protocol = protocolOf(policy.info);
  const drawn = readDraw(protocol, draw, completion);
  let end = 0;
  const prompt = promptFor(protocol, draw.purpose, draw.problem, draw.prefix);
  return {
    prompt: typeof prompt === "string" ? prompt : "",
    tokenIds: completion.tokenIds ?? [],
    logProbs: completion.logProbs,
    steps: drawn.map(({ step }) => step),
    ends: drawn.map(({ tokens }) => (end += tokens)),
    isCut: completion.finish === "length",
    isDeadEnd: drawn.at(-1)?.deadEnd !== undefined,
  };
}

/** r_1 to r_m of every path: programs are judged, not scored, and a dead end is worth nothing. */
async function processOf(
  problem: Problem,
  paths: readonly Path[],
  { scorer }: RunPorts,
  signal: AbortSignal,
): Promise<readonly (readonly number[] | null)[]> {
  if (!scorer) return paths.map(() => null);
  const reasoning = paths.map(({ steps, isDeadEnd }) =>
    isDeadEnd ? steps.slice(0, -1) : steps.filter(({ kind }) => kind !== "code"),
  );
  // What several paths begin with is scored once.
  const prefixes = new Map<string, readonly Step[]>();
  for (const steps of reasoning) {
    for (const [i] of steps.entries()) prefixes.set(JSON.stringify(steps.slice(0, i + 1)), steps.slice(0, i + 1));
  }
  const { values } = await scorer.score(problem, [...prefixes.values()], signal);
  const valueAt = new Map([...prefixes.keys()].map((key, i) => [key, values[i] ?? 0]));
  return reasoning.map((steps, path) => [
    ...steps.map((_, i) => valueAt.get(JSON.stringify(steps.slice(0, i + 1))) ?? 0),
    ...(paths[path]?.isDeadEnd ? [0] : []),
  ]);
}

async function judgeAll(
  { ports, tests, seed, signal }: RolloutRequest,
  { problem, hiddenTests }: Puzzle,
  paths: readonly Path[],
  values: readonly (readonly number[] | null)[],
): Promise<RolloutGroup> {
  const written =
    tests === "own"
      ? null
      : await ports.testGenerator?.generate(problem, GENERATED_TESTS, deriveSeed(seed, problem.id, "tests"), signal);
  const generated = usableTests(problem, written?.tests ?? []);
  const judge = new Judge(ports.runner, problem, searchTests(problem, generated, hiddenTests), newRunStats());
  const rollouts = paths.map(async ({ isDeadEnd, ...path }, i): Promise<Rollout> => {
    const program = isDeadEnd ? undefined : path.steps.at(-1);
    const verdicts = program?.kind === "code" ? await judge.judge(program.text, signal) : [];
    return { ...path, verdicts, outcome: outcomeOf(verdicts, tests), process: values[i] ?? null };
  });
  return { problem, rollouts: await Promise.all(rollouts) };
}
