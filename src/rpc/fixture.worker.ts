import { LabError } from "../core/errors";
import { serve } from "./connection";
import { sendStream } from "./stream";
import { startWorker } from "./worker";

/** The methods of the fixture; see below. */
export type FixtureService = {
  double(x: number): number;
  fail(): never;
  unclonable(): unknown;
  hang(): Promise<never>;
  die(): Promise<never>;
  untilAborted(signal: AbortSignal): Promise<never>;
  aborts(): number;
  abortable(label: string, signal: AbortSignal): Promise<never>;
  connect(port: MessagePort): void;
  count(to: number, port: MessagePort): void;
  countThenFail(to: number, port: MessagePort): void;
  countThenDie(to: number, port: MessagePort): void;
};

/** A worker for the tests of this folder: it can do everything that a worker should not. */
const service: FixtureService = {
  double: (x: number) => 2 * x,
  fail: () => {
    throw new LabError("model/context", "The prompt is too long.", "Shorten it.");
  },
  unclonable: () => () => {},
  hang: () => new Promise<never>(() => {}),
  die: () => {
    setTimeout(() => {
      throw new Error("out of order");
    });
    return new Promise<never>(() => {});
  },
  untilAborted: (signal: AbortSignal) =>
    new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
  aborts: () => aborts,
  abortable: (_label, signal) => {
    signal.addEventListener("abort", () => aborts++);
    return new Promise<never>(() => {});
  },
  connect: (port: MessagePort) => serve(service, port),
  count: (to: number, port: MessagePort) => void sendStream(countTo(to), port),
  countThenFail: (to: number, port: MessagePort) => void sendStream(countTo(to, "Enough."), port),
  countThenDie: (to: number, port: MessagePort) => {
    void sendStream(countTo(to, null, true), port, { items: 1, ms: 0 });
  },
};

let aborts = 0;

async function* countTo(to: number, failure: string | null = null, die = false): AsyncGenerator<number, string> {
  for (let i = 0; i < to; i++) yield i;
  if (failure) throw new LabError("model/gone", failure);
  if (die) {
    setTimeout(() => {
      throw new Error("out of order");
    });
    await new Promise(() => {});
  }
  return "counted";
}

startWorker<{ refuse?: boolean; never?: boolean } | undefined>((options, report) => {
  report({ message: "Building", fraction: 0.5 });
  if (options?.refuse)
    throw new LabError("model/weights", "The weights do not match their config.", "Download them again.");
  if (options?.never) return new Promise(() => {});
  return service;
});
