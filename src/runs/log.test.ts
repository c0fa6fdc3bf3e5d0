import { describe, expect, it } from "vitest";
import { replay } from "../core/run/fold";
import { sampleRun } from "../testing/sample-run";
import { RunLog } from "./log";

const events = sampleRun(120);

describe("RunLog", () => {
  it("gives at every position the replay of that prefix", () => {
    const log = new RunLog(events);
    expect(log.length).toBeGreaterThan(350);
    for (let position = 0; position <= log.length; position += 13) {
      expect(log.stateAt(position)).toEqual(replay(events.slice(0, position)));
    }
    expect(log.stateAt(log.length)).toEqual(replay(events));
  });

  it("comes to the same whether the events arrive at once or in batches", () => {
    const log = new RunLog();
    for (let i = 0; i < events.length; i += 7) log.append(events.slice(i, i + 7));
    expect(log.stateAt(log.length)).toEqual(replay(events));
    expect(log.stateAt(203)).toEqual(replay(events.slice(0, 203)));
  });

  it("clamps positions", () => {
    const log = new RunLog(events);
    expect(log.stateAt(-5)).toEqual(replay([]));
    expect(log.stateAt(1e9)).toEqual(replay(events));
  });

  it("finds the ends of simulations in both directions", () => {
    const log = new RunLog(events);
    const first = log.simulationBoundary(0, 1);
    expect(log.stateAt(first).simulations).toBe(1);
    expect(log.stateAt(first - 1).simulations).toBe(0);
    const second = log.simulationBoundary(first, 1);
    expect(log.stateAt(second).simulations).toBe(2);
    expect(log.simulationBoundary(second, -1)).toBe(first);
    expect(log.simulationBoundary(first, -1)).toBe(0);
    expect(log.simulationBoundary(log.length, 1)).toBe(log.length);
  });

  it("converts between time and position", () => {
    const log = new RunLog(events);
    expect(log.positionAt(-1)).toBe(0);
    const position = log.positionAt(500);
    expect(log.timeAt(position)).toBeLessThanOrEqual(500);
    expect(log.timeAt(position + 1)).toBeGreaterThan(500);
    expect(log.positionAt(1e9)).toBe(log.length);
  });

  it("refuses an event that does not fit", () => {
    const log = new RunLog(events.slice(0, 10));
    expect(() => log.append([{ at: 0, event: { type: "scored", id: 99_999, value: 1 } }])).toThrow(RangeError);
    expect(log.length).toBe(10);
  });
});
