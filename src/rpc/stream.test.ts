import { describe, expect, it } from "vitest";
import type { Preparation } from "../ports/experiment-runner";
import { preparationsOf } from "./stream";

type Tell = (preparation: Preparation) => void;

const told = (fraction: number): Preparation => ({ message: "Loading", fraction });
const GOING_ON = new AbortController().signal;
const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

/** The fractions that came through, and what ended them. */
async function collect(call: (tell: Tell) => Promise<void>) {
  const fractions: (number | null)[] = [];
  try {
    for await (const { fraction } of preparationsOf(call, GOING_ON)) fractions.push(fraction);
    return { fractions, thrown: null };
  } catch (thrown) {
    return { fractions, thrown };
  }
}

describe("what a call tells of its progress", () => {
  it("comes in order, whether it is told at once or later, up to the last word", async () => {
    const { fractions, thrown } = await collect(async (tell) => {
      tell(told(0));
      tell(told(0.25));
      await pause();
      tell(told(0.5));
      await pause();
      await pause();
      tell(told(1));
    });
    expect(fractions).toEqual([0, 0.25, 0.5, 1]);
    expect(thrown).toBeNull();
  });

  it("ends with a call that tells nothing", async () => {
    expect(await collect(() => Promise.resolve())).toEqual({ fractions: [], thrown: null });
  });

  it("throws what the call throws, after all that was told before", async () => {
    const failure = new Error("The connection broke off.");
    const { fractions, thrown } = await collect(async (tell) => {
      tell(told(0.5));
      await pause();
      tell(told(0.75));
      throw failure;
    });
    expect(fractions).toEqual([0.5, 0.75]);
    expect(thrown).toBe(failure);
  });

  it("loses nothing that is told while the reader is busy", async () => {
    const fractions: (number | null)[] = [];
    const call = async (tell: Tell) => {
      for (const fraction of [0, 0.5, 1]) {
        tell(told(fraction));
        await pause();
      }
    };
    for await (const { fraction } of preparationsOf(call, GOING_ON)) {
      fractions.push(fraction);
      await new Promise<void>((resolve) => setTimeout(resolve, 20));
    }
    expect(fractions).toEqual([0, 0.5, 1]);
  });

  it("ends when it is stopped, whatever is waited for", async () => {
    const stop = new AbortController();
    const fractions: (number | null)[] = [];
    const call = (tell: Tell) => {
      tell(told(0.5));
      return new Promise<void>(() => {});
    };
    for await (const { fraction } of preparationsOf(call, stop.signal)) {
      fractions.push(fraction);
      queueMicrotask(() => stop.abort());
    }
    expect(fractions).toEqual([0.5]);
  });

  it("leaves no failure behind when nobody reads on", async () => {
    for await (const { fraction } of preparationsOf(async (tell) => {
      tell(told(0));
      await pause();
      throw new Error("Nobody hears this.");
    }, GOING_ON)) {
      expect(fraction).toBe(0);
      break;
    }
    await pause();
    await pause();
  });
});
