import { describe, expect, it } from "vitest";
import { createRandom } from "../../core/rng";
import { drawToken, type SharesGone } from "./sampling";

/** Logits of the probabilities 0.1, 0.5, 0.05, 0.35. */
const probabilities = [0.1, 0.5, 0.05, 0.35];
const logits = Float32Array.from(probabilities, Math.log);
const plain = { temperature: 1, topK: 0, topP: 1 };

/** How often each token comes up, in shares. */
function shares(sampling: typeof plain, gone?: SharesGone, draws = 20_000): number[] {
  const random = createRandom(1);
  const counts = [0, 0, 0, 0];
  for (let i = 0; i < draws; i++) {
    const token = drawToken(logits, sampling, random.float(), gone)?.token ?? -1;
    counts[token] = (counts[token] ?? 0) + 1;
  }
  return counts.map((count) => count / draws);
}

function expectShares(actual: readonly number[], expected: readonly number[]): void {
  // Five standard deviations of a share over 20,000 draws are at most 0.018.
  for (const [i, share] of expected.entries()) expect(actual[i]).toBeCloseTo(share, share === 0 ? 10 : 1.5);
}

describe("drawToken", () => {
  it("draws in proportion to the probabilities at temperature 1", () => {
    expectShares(shares(plain), probabilities);
  });

  it("squares probabilities at temperature 0.5", () => {
    // 0.01, 0.25, 0.0025, 0.1225 of 0.385
    expectShares(shares({ ...plain, temperature: 0.5 }), [0.026, 0.649, 0.0065, 0.318]);
  });

  it("keeps the k likeliest", () => {
    // 0.5 and 0.35 of 0.85
    expectShares(shares({ ...plain, topK: 2 }), [0, 0.588, 0, 0.412]);
    // 0.1, 0.5 and 0.35 of 0.95
    expectShares(shares({ ...plain, topK: 3 }), [0.105, 0.526, 0, 0.368]);
  });

  it("keeps the smallest set that reaches p", () => {
    // 0.5 + 0.35 = 0.85 falls short of 0.9, with 0.1 it is reached
    expectShares(shares({ ...plain, topP: 0.9 }), [0.105, 0.526, 0, 0.368]);
    expectShares(shares({ ...plain, topP: 0.4 }), [0, 1, 0, 0]);
  });

  it("applies p to what k has kept", () => {
    // Of 0.5 and 0.35, the first alone is 0.588 of what is kept
    expectShares(shares({ ...plain, topK: 2, topP: 0.58 }), [0, 1, 0, 0]);
  });

  it("takes the likeliest at temperature 0, the first among equals", () => {
    expect(drawToken(logits, { ...plain, temperature: 0 }, 0.99)?.token).toBe(1);
    expect(drawToken(Float32Array.of(0, 2, 2), { ...plain, temperature: 0 }, 0.99)?.token).toBe(1);
  });

  it("reports the raw log-probability, whatever was cut off", () => {
    const drawn = drawToken(logits, { temperature: 0.3, topK: 1, topP: 0.5 }, 0.5);
    expect(drawn).toMatchObject({ token: 1, drawLogProb: 0 });
    expect(drawn?.logProb).toBeCloseTo(Math.log(0.5), 6);
  });

  it("takes off what is gone after all that, and draws the rest in proportion", () => {
    // 0.05, 0, 0.05 and 0.35 of 0.45
    const gone = new Map([
      [0, 0.5],
      [1, 1],
    ]);
    expectShares(shares(plain, gone), [0.111, 0, 0.111, 0.778]);
    // Of 0.5 and 0.35 a half of the first is left: what is gone does not let in what k had cut off.
    expectShares(shares({ ...plain, topK: 2 }, new Map([[1, 0.5]])), [0, 0.417, 0, 0.583]);
    expect(drawToken(logits, plain, null, gone)?.token).toBe(3);
  });

  it("tells the log-probability a token has when nothing is gone", () => {
    const drawn = drawToken(logits, { ...plain, topK: 2 }, 0.5, new Map([[1, 1]]));
    expect(drawn?.token).toBe(3);
    expect(drawn?.drawLogProb).toBeCloseTo(Math.log(0.35 / 0.85), 6);
  });

  it("draws nothing when nothing is left", () => {
    const gone = new Map([1, 3].map((token) => [token, 1] as const));
    expect(drawToken(logits, { ...plain, topK: 2 }, 0.5, gone)).toBeNull();
    expect(drawToken(logits, { ...plain, topK: 2 }, null, gone)).toBeNull();
    expect(drawToken(logits, { ...plain, temperature: 0 }, 0.5, gone)).toBeNull();
  });

  it("stays within the candidates at the very end of the unit interval", () => {
    expect(drawToken(logits, { ...plain, topK: 2 }, 1 - 2 ** -53)?.token).toBe(3);
  });
});
