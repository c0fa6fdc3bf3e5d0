import { type ErrorData, fromErrorData, toErrorData } from "../core/errors";
import type { Preparation } from "../ports/experiment-runner";

/** What travels over the port of a stream: batches in order, then exactly one end, with what the source returned. */
export type StreamMessage<T, R> =
  | { readonly rpc: "batch"; readonly items: readonly T[] }
  | { readonly rpc: "done"; readonly result: R }
  | { readonly rpc: "broken"; readonly error: ErrorData };

/** How much may wait before a batch is sent: whichever comes first. Keeps a busy worker from flooding the window. */
export interface BatchLimits {
  /** At least 1. */
  readonly items: number;
  /** Milliseconds. */
  readonly ms: number;
}

const LIMITS: BatchLimits = { items: 64, ms: 30 };

/** Milliseconds for batches on their way: the news of a death comes over another channel and can overtake what was sent before it. */
const OVERTAKEN_MS = 100;

/** Sends all of `source` through `port`, in batches, then what it returns; what it throws crosses as data. */
export async function sendStream<T, R>(
  source: AsyncGenerator<T, R>,
  port: MessagePort,
  limits = LIMITS,
): Promise<void> {
  const post = (message: StreamMessage<T, R>) => port.postMessage(message);
  let waiting: T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length > 0) post({ rpc: "batch", items: waiting });
    waiting = [];
  };
  try {
    let next = await source.next();
    for (; !next.done; next = await source.next()) {
      waiting.push(next.value);
      if (waiting.length >= limits.items) flush();
      else timer ??= setTimeout(flush, limits.ms);
    }
    flush();
    post({ rpc: "done", result: next.value });
  } catch (thrown) {
    flush();
    post({ rpc: "broken", error: toErrorData(thrown) });
  }
}

/**
 * The other end of {@link sendStream}: batches in order, and what the source returned. Throws what the source threw, or the reason `closed` resolves
 * with when the sender is gone; what was sent before still comes first.
 * @param aside takes items out of the stream that are not for its reader.
 */
export async function* receiveStream<T, R>(
  port: MessagePort,
  closed: Promise<unknown>,
  aside: (item: T) => boolean = () => false,
): AsyncGenerator<readonly T[], R> {
  const queue: StreamMessage<T, R>[] = [];
  let wake = () => {};
  port.onmessage = ({ data }: MessageEvent<StreamMessage<T, R>>) => {
    queue.push(data);
    wake();
  };
  void closed.then((reason) => {
    setTimeout(() => {
      queue.push({ rpc: "broken", error: toErrorData(reason) });
      wake();
    }, OVERTAKEN_MS);
  });
  try {
    while (true) {
      const message = queue.shift();
      if (message === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if (message.rpc === "batch") {
        const items = message.items.filter((item) => !aside(item));
        if (items.length > 0) yield items;
      } else if (message.rpc === "broken") throw fromErrorData(message.error);
      else return message.result;
    }
  } finally {
    port.close();
  }
}

/**
 * What a call tells of its progress, as a stream that ends with the call, or soon after `signal` fires, whatever the call
 * still does. Throws what the call throws.
 */
export async function* preparationsOf(
  call: (tell: (preparation: Preparation) => void) => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<Preparation, void> {
  let waiting: Preparation[] = [];
  let wake = () => {};
  let isOver = false;
  const over = call((preparation) => {
    waiting.push(preparation);
    wake();
  }).finally(() => {
    isOver = true;
    wake();
  });
  // It is awaited below; until then its failure is nobody's.
  over.catch(() => {});
  const stop = () => wake();
  signal.addEventListener("abort", stop);
  try {
    while (!signal.aborted && (!isOver || waiting.length > 0)) {
      const told = waiting;
      waiting = [];
      yield* told;
      if (!isOver && waiting.length === 0 && !signal.aborted) await new Promise<void>((resolve) => (wake = resolve));
    }
    if (!signal.aborted) await over;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
