import type { TestTrust } from "../config";
import type { Answer, NodeId } from "../run/events";
import { nodeAt, qValue, type RunState, type TreeNode } from "../run/tree";
import type { TestVerdict } from "../verdict";
import { agreementScores } from "./formulas";
import { generatedPasses, generatedPassShare, passesGiven } from "./reward";

/** A judged program, and the draws that agree with it. */
interface Candidate {
  readonly node: TreeNode;
  readonly code: string;
}

function candidates(run: RunState): readonly Candidate[] {
  return [...run.nodes].flatMap((node) =>
    node.reward && node.step?.kind === "code" && node.deadEnd === undefined ? [{ node, code: node.step.text }] : [],
  );
}

/** What a program did on every test it was judged on: programs that cannot be told apart by the tests have the same text here. */
function behaviour(node: TreeNode): string {
  return JSON.stringify(node.verdicts?.map(({ kind, index, verdict, got }) => [kind, index, verdict, got]));
}

/** How many draws fell on each value of `key`. */
function countDraws(all: readonly Candidate[], key: (candidate: Candidate) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const candidate of all) {
    counts.set(key(candidate), (counts.get(key(candidate)) ?? 0) + candidate.node.count);
  }
  return counts;
}

function parentValue(run: RunState, node: TreeNode): number {
  return (node.parent === null ? undefined : qValue(nodeAt(run, node.parent))) ?? 0;
}

/** The first difference of two rankings, larger being better. */
function compareRanks(a: readonly number[], b: readonly number[]): number {
  const index = a.findIndex((value, i) => value !== b[i]);
  return index < 0 ? 0 : (b[index] ?? 0) - (a[index] ?? 0);
}

/** A candidate and what it is ranked by, the weightiest first; larger is better. */
interface Ranked {
  readonly candidate: Candidate;
  readonly rank: readonly number[];
}

function inOrder(all: readonly Ranked[]): readonly Candidate[] {
  return [...all].sort((a, b) => compareRanks(a.rank, b.rank)).map(({ candidate }) => candidate);
}

function first(all: readonly Ranked[]): Answer | null {
  const [best] = inOrder(all);
  return best === undefined ? null : answerOf(best);
}

function answerOf({ node, code }: Candidate): Answer {
  return { nodeId: node.id, code };
}

/**
 * The reward as evidence for an answer. Under agreement a reward that is itself the share of generated tests (a problem
 * without other tests) decides nothing: agreement does.
 */
function evidence(node: TreeNode, trust: TestTrust): number {
  const onlyGenerated = (node.verdicts ?? []).every(({ kind }) => kind === "generated");
  return trust === "agreement" && onlyGenerated ? 0 : (node.reward?.reward ?? 0);
}

/**
 * What the generated tests say for each candidate: the share that passes, or dual execution agreement among the
 * programs with the strongest evidence (the others are known to be worse and vouch for nobody).
 */
function testSupport(all: readonly Candidate[], trust: TestTrust): (candidate: Candidate) => number {
  if (trust === "share") return ({ node }) => generatedPassShare(node.verdicts ?? []);
  const best = all.reduce((most, { node }) => Math.max(most, evidence(node, trust)), 0);
  const peers = all.filter(({ node }) => evidence(node, trust) === best);
  const tested = peers.map(({ node }) => ({ passes: generatedPasses(node.verdicts ?? []), draws: node.count }));
  const scores = agreementScores(tested);
  const scoreOf = new Map(peers.map((peer, index) => [peer, scores[index] ?? 0]));
  return (candidate) => scoreOf.get(candidate) ?? 0;
}

/**
 * The program to answer with: the highest reward; among equals the one that the generated tests speak for (a generated
 * test may be wrong, about half of the tiny model's are, so they decide nothing but ties; `testTrust` says how), then
 * the more common behaviour (draws of programs with the same results on all tests; AlphaCode clusters alike), then the
 * more common text, then the larger Q of its parent, then the first found. Null when nothing was judged.
 */
export function bestAnswer(run: RunState): Answer | null {
  return first(rankedByTests(run));
}

/** A program and how often its text was drawn. */
export interface Contender extends Answer {
  readonly draws: number;
}

/** All judged programs, each text once, in the order in which {@link bestAnswer} would answer with them. */
export function contenders(run: RunState): readonly Contender[] {
  const all = candidates(run);
  const draws = countDraws(all, ({ code }) => code);
  const seen = new Set<string>();
  return inOrder(rankedByTests(run))
    .filter(({ code }) => !seen.has(code) && seen.add(code))
    .map((candidate) => ({ ...answerOf(candidate), draws: draws.get(candidate.code) ?? 1 }));
}

function rankedByTests(run: RunState): readonly Ranked[] {
  const all = candidates(run);
  const trust = run.config?.testTrust ?? "share";
  const support = testSupport(all, trust);
  const behaviours = countDraws(all, ({ node }) => behaviour(node));
  const texts = countDraws(all, ({ code }) => code);
  return all.map((candidate) => {
    const { node, code } = candidate;
    const rank = [
      evidence(node, trust),
      support(candidate),
      behaviours.get(behaviour(node)) ?? 0,
      texts.get(code) ?? 0,
      parentValue(run, node),
      -node.id,
    ];
    return { candidate, rank };
  });
}

/**
 * What a program returned for one input; null when it ended without a value. An assertion shows no value, only whether
 * it held.
 */
export function returned({ verdict, got, expected }: TestVerdict): string | null {
  if (got !== undefined) return JSON.stringify(got);
  return verdict === "passed" || (verdict === "failed" && expected === undefined) ? verdict : null;
}

/**
 * The program whose results are the most common: what it returns for the inputs of all tests the search may use is
 * compared, what it should return is not. A program that returns nothing for any of them comes behind all others,
 * however common that is. Among equals the first found. Null when nothing was judged. A budget that ends at a pass ends the
 * count too: then the program that passes is the answer.
 */
export function commonestAnswer(run: RunState): Answer | null {
  const all = candidates(run);
  const results = ({ node }: Candidate) => (node.verdicts ?? []).map(returned);
  const draws = countDraws(all, (candidate) => JSON.stringify(results(candidate)));
  return first(
    all.map((candidate) => {
      const own = results(candidate);
      const ends = run.config?.budget.stopAtPass && passesGiven(candidate.node.verdicts ?? []) ? 1 : 0;
      const returns = own.some((result) => result !== null) ? 1 : 0;
      return { candidate, rank: [ends, returns, draws.get(JSON.stringify(own)) ?? 0, -candidate.node.id] };
    }),
  );
}

/**
 * The judged program with the highest reward; among equals the one with the highest score of the step scorer, then the
 * first found.
 */
export function bestScoredAnswer(run: RunState): Answer | null {
  return first(
    candidates(run).map((candidate) => {
      const { reward, score, id } = candidate.node;
      return { candidate, rank: [reward?.reward ?? 0, score ?? 0, -id] };
    }),
  );
}

/** The program a path ends in; null when it is a dead end or was not judged. */
export function answerAt(run: RunState, leaf: NodeId | null): Answer | null {
  const found = candidates(run).find(({ node }) => node.id === leaf);
  return found === undefined ? null : answerOf(found);
}
