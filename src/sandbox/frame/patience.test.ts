import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { patiently, punctuality } from "./patience";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("waits as long as it says on a machine that keeps time", async () => {
  const late = vi.fn();
  patiently(4_000, late);
  await vi.advanceTimersByTimeAsync(3_900);
  expect(late).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(100);
  expect(late).toHaveBeenCalledOnce();
});

it("waits longer on a slow one", async () => {
  const late = vi.fn();
  patiently(4_000, late);
  // Each timer comes three times too late, so a step takes three times as long and counts for a third.
  let waited = 0;
  for (; late.mock.calls.length === 0; waited += 1_500) {
    const now = vi.spyOn(performance, "now").mockReturnValue(waited + 1_500);
    await vi.advanceTimersByTimeAsync(500);
    now.mockRestore();
    expect(waited).toBeLessThan(120_000);
  }
  expect(waited).toBeGreaterThan(8_000);
});

it("can be ended", async () => {
  const late = vi.fn();
  const end = patiently(4_000, late);
  await vi.advanceTimersByTimeAsync(2_000);
  end();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(late).not.toHaveBeenCalled();
});

it.each([
  [500, 500, 1],
  [400, 500, 1],
  [1_000, 500, 0.5],
])("%i ms for %i count %d", (took, ms, counts) => {
  expect(punctuality(took, ms)).toBe(counts);
});
