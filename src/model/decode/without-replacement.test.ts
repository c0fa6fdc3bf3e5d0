import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRandom, deriveSeed } from "../../core/rng";
import { type GeneratedTokens, generate } from "./generate";
import { drawToken, type TokenSampling } from "./sampling";
import { toyDecoder } from "./toy-decoder-fixture";

const VOCABULARY = 4;
const STOP = 0;
const LONGEST = 3;
const PROMPT = [1];

/** Logits that depend on all tokens before, drawn from a seed; some tokens are far likelier than others. */
const thoughtsOf = (model: number) => (tokens: readonly number[]) => {
  const random = createRandom(deriveSeed(model, ...tokens));
  return Float32Array.from({ length: VOCABULARY }, () => 6 * random.float());
};

async function draw(
  model: number,
  sampling: TokenSampling,
  seeds: readonly number[],
  before: readonly GeneratedTokens[] = [],
  likeliest = false,
): Promise<readonly GeneratedTokens[]> {
  const drawn = before.map(({ tokens, ...logProbs }) => ({ tokenIds: tokens, ...logProbs }));
  const request = { prompt: PROMPT, seeds, stop: new Set([STOP]), maxTokens: LONGEST, sampling, drawn, likeliest };
  const [result] = await generate(toyDecoder(thoughtsOf(model)), 100, [request]);
  return result?.completions ?? [];
}

interface Sequence {
  readonly tokens: readonly number[];
  readonly probability: number;
}

/** What each token is drawn with, with replacement: found by asking for it along the whole unit interval's ranks. */
function chances(logits: Float32Array, sampling: TokenSampling): readonly number[] {
  const all = Array.from({ length: VOCABULARY }, (_, token) => token);
  return all.map((token) => {
    const gone = new Map(all.filter((other) => other !== token).map((other) => [other, 1]));
    const only = drawToken(logits, sampling, 0.5, gone);
    return only === null ? 0 : Math.exp(only.drawLogProb);
  });
}

/** Every sequence there is, with its probability: the product of its tokens'. */
function enumerate(model: number, sampling: TokenSampling, tokens: readonly number[] = [], mass = 1): Sequence[] {
  if (tokens.at(-1) === STOP || tokens.length === LONGEST) return [{ tokens, probability: mass }];
  return chances(thoughtsOf(model)([...PROMPT, ...tokens]), sampling).flatMap((chance, token) =>
    chance === 0 ? [] : enumerate(model, sampling, [...tokens, token], mass * chance),
  );
}

const isPrefix = (prefix: readonly number[], tokens: readonly number[]) => prefix.every((t, i) => tokens[i] === t);

/** The same draw by the definition: token by token from the sum of all sequences that are left, by the inverse of their distribution. */
function drawByDefinition(left: readonly Sequence[], model: number, sampling: TokenSampling, seed: number) {
  const random = createRandom(seed);
  const tokens: number[] = [];
  while (tokens.at(-1) !== STOP && tokens.length < LONGEST) {
    const logits = thoughtsOf(model)([...PROMPT, ...tokens]);
    const kept = chances(logits, sampling);
    const order = kept.map((_, token) => token);
    if (sampling.topK > 0 || sampling.topP < 1) order.sort((a, b) => (logits[b] ?? 0) - (logits[a] ?? 0));
    const masses = order.map((token) =>
      left.filter((s) => isPrefix([...tokens, token], s.tokens)).reduce((sum, { probability }) => sum + probability, 0),
    );
    let rest = random.float() * masses.reduce((sum, mass) => sum + mass, 0);
    const at = masses.findIndex((mass) => {
      rest -= mass;
      return rest < 0;
    });
    tokens.push(order[at] ?? -1);
  }
  return tokens;
}

const samplings = fc.constantFrom<TokenSampling>(
  { temperature: 1, topK: 0, topP: 1 },
  { temperature: 0.8, topK: 3, topP: 1 },
  { temperature: 1.5, topK: 0, topP: 0.9 },
  { temperature: 0.7, topK: 2, topP: 0.95 },
);

describe("drawing without replacement", () => {
  it("draws each next sequence from what is left, as the definition says, until nothing is", async () => {
    const worlds = fc.asyncProperty(fc.nat(), samplings, fc.nat(), async (model, sampling, seed) => {
      let left: readonly Sequence[] = enumerate(model, sampling);
      expect(left.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
      const seeds = Array.from({ length: left.length + 2 }, (_, i) => deriveSeed(seed, i));
      const drawn = await draw(model, sampling, seeds);
      expect(drawn).toHaveLength(left.length);
      for (const [i, { tokens, drawLogProbs }] of drawn.entries()) {
        const known = left.find((sequence) => sequence.tokens.join() === tokens.join());
        expect(drawLogProbs.reduce((a, b) => a + b, 0)).toBeCloseTo(Math.log(known?.probability ?? 0), 6);
        expect(tokens).toEqual(drawByDefinition(left, model, sampling, seeds[i] ?? 0));
        left = left.filter((sequence) => sequence !== known);
      }
    });
    await fc.assert(worlds, { numRuns: 12 });
  });

  it("is the same in one request and in several that are told what came before", async () => {
    const sampling = { temperature: 1, topK: 0, topP: 0.95 };
    const together = await draw(7, sampling, [1, 2, 3, 4]);
    let apart: readonly GeneratedTokens[] = [];
    for (const seed of [1, 2, 3, 4]) apart = [...apart, ...(await draw(7, sampling, [seed], apart))];
    expect(apart).toEqual(together);
  });

  it("takes the token behind which the most is left, where it is asked to, whatever the seed", async () => {
    const sampling = { temperature: 0.8, topK: 3, topP: 1 };
    let left: readonly Sequence[] = enumerate(3, sampling);
    const drawn = await draw(3, sampling, [...Array(left.length + 1).keys()], [], true);
    expect(drawn).toHaveLength(left.length);
    for (const { tokens } of drawn) {
      for (const [i, token] of tokens.entries()) {
        const massBehind = (next: number) =>
          left
            .filter((s) => isPrefix([...tokens.slice(0, i), next], s.tokens))
            .reduce((sum, { probability }) => sum + probability, 0);
        const others = Array.from({ length: VOCABULARY }, (_, next) => massBehind(next));
        expect(massBehind(token)).toBeGreaterThan(Math.max(...others) - 1e-6);
      }
      left = left.filter((sequence) => sequence.tokens.join() !== tokens.join());
    }
  });

  it("has but one sequence at temperature 0", async () => {
    expect(await draw(3, { temperature: 0, topK: 0, topP: 1 }, [1, 2, 3])).toHaveLength(1);
  });

  it("never goes on behind a sequence that is the beginning of others", async () => {
    const sampling = { temperature: 1, topK: 0, topP: 1 };
    const ways = enumerate(5, sampling).filter(({ tokens }) => tokens[0] !== 2);
    const gone = { tokens: [2], logProbs: [-1], drawLogProbs: [-1], finish: "stop" as const };
    const drawn = await draw(5, sampling, [...Array(ways.length + 1).keys()], [gone]);
    expect(drawn.map(({ tokens }) => tokens.join()).sort()).toEqual(ways.map(({ tokens }) => tokens.join()).sort());
  });

  it("closes a way that only rounding had left open, and goes on elsewhere", async () => {
    // All that begins with 1 was drawn, but by another computer, which thought it 1 % less likely.
    const sampling = { temperature: 1, topK: 0, topP: 1 };
    const all = enumerate(9, sampling);
    const others = all.filter(({ tokens }) => tokens[0] !== 1);
    const before = all
      .filter(({ tokens }) => tokens[0] === 1)
      .map(({ tokens, probability }) => {
        const drawLogProbs = tokens.map((_, i) => (i === 0 ? 0 : Math.log(0.99 * probability) / (tokens.length - 1)));
        return { tokens, logProbs: drawLogProbs, drawLogProbs, finish: "stop" as const };
      });
    const drawn = await draw(9, sampling, [...Array(others.length + 1).keys()], before);
    expect(drawn.map(({ tokens }) => tokens.join()).sort()).toEqual(others.map(({ tokens }) => tokens.join()).sort());
  });

  it("leaves others of the batch alone", async () => {
    const sampling = { temperature: 1, topK: 0, topP: 1 };
    const request = { prompt: PROMPT, seeds: [1, 2, 3, 4, 5, 6], stop: new Set([STOP]), maxTokens: LONGEST, sampling };
    const decoder = toyDecoder(thoughtsOf(7));
    const [, mixed] = await generate(decoder, 100, [{ ...request, drawn: [] }, request]);
    const [alone] = await generate(decoder, 100, [request]);
    expect(mixed?.completions).toEqual(alone?.completions);
    expect(new Set(alone?.completions.map(({ tokens }) => tokens.join())).size).toBeLessThan(6);
  });
});
