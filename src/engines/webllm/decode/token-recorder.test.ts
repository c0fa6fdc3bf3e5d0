import { describe, expect, it } from "vitest";
import { createRandom } from "../../../core/rng";
import { TokenRecorder } from "./token-recorder";

function randomLogits(seed: number, size: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: size }, () => 20 * random.float() - 10);
}

describe("the recorder of tokens", () => {
  it("tells log-probabilities that belong to one distribution", () => {
    const recorder = new TokenRecorder();
    const logits = randomLogits(1, 50);
    recorder.begin(0);
    for (let token = 0; token < 50; token++) {
      recorder.processLogits(logits);
      recorder.processSampledToken(token);
    }
    const total = recorder.logProbs.reduce((sum, logProb) => sum + Math.exp(logProb), 0);
    expect(total).toBeCloseTo(1, 6);
    const [first = 0, second = 0] = recorder.logProbs;
    expect(first - second).toBeCloseTo((logits[0] ?? 0) - (logits[1] ?? 0), 5);
  });

  it("leaves the k likeliest to sample from, and tells raw log-probabilities all the same", () => {
    const recorder = new TokenRecorder();
    for (let seed = 0; seed < 20; seed++) {
      const logits = randomLogits(seed, 200);
      recorder.begin(0);
      recorder.processLogits(logits);
      recorder.processSampledToken(7);
      const [raw] = recorder.logProbs;
      recorder.begin(5);
      const masked = recorder.processLogits(logits);
      recorder.processSampledToken(7);
      expect(recorder.logProbs).toEqual([raw]);
      const largest = [...logits].sort((a, b) => b - a).slice(0, 5);
      expect([...masked].filter((logit) => logit > -1e8).sort((a, b) => b - a)).toEqual(largest);
      expect(logits.every((logit) => Math.abs(logit) <= 10)).toBe(true);
    }
  });

  it("changes nothing where k is 0 or the whole vocabulary", () => {
    const recorder = new TokenRecorder();
    const logits = randomLogits(3, 10);
    for (const topK of [0, 10, 40]) {
      recorder.begin(topK);
      expect(recorder.processLogits(logits)).toEqual(logits);
    }
  });

  it("forgets what came before", () => {
    const recorder = new TokenRecorder();
    recorder.begin(0);
    recorder.processLogits(randomLogits(1, 4));
    recorder.processSampledToken(0);
    recorder.begin(0);
    expect(recorder.logProbs).toEqual([]);
  });
});
