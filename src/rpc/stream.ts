import { fromErrorData, toErrorData } from "../core/errors";
import type { StreamMessage } from "./protocol";

/** How much may wait before a batch is sent: whichever comes first. Keeps a busy worker from flooding the window. */
export interface BatchLimits {
  /** At least 1. */
  readonly items: number;
  /** Milliseconds. */
  readonly ms: number;
}

const LIMITS: BatchLimits = { items: 64, ms: 30 };

/** Sends all of `source` through `port`, in batches; what it throws crosses as data. Resolves when the end is sent. */
export async function sendStream<T>(source: AsyncIterable<T>, port: MessagePort, limits = LIMITS): Promise<void> {
  const post = (message: StreamMessage<T>) => port.postMessage(message);
  let waiting: T[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    if (waiting.length > 0) post({ rpc: "batch", items: waiting });
    waiting = [];
  };
  try {
    for await (const item of source) {
      waiting.push(item);
      if (waiting.length >= limits.items) flush();
      else timer ??= setTimeout(flush, limits.ms);
    }
    flush();
    post({ rpc: "done" });
  } catch (thrown) {
    flush();
    post({ rpc: "broken", error: toErrorData(thrown) });
  }
}

/**
 * The other end of {@link sendStream}: batches in order. Throws what the source threw, or the reason `closed` resolves
 * with when the sender is gone; what had arrived by then still comes first.
 */
export async function* receiveStream<T>(
  port: MessagePort,
  closed: Promise<unknown>,
): AsyncGenerator<readonly T[], void> {
  const queue: StreamMessage<T>[] = [];
  let wake = () => {};
  port.onmessage = ({ data }: MessageEvent<StreamMessage<T>>) => {
    queue.push(data);
    wake();
  };
  void closed.then((reason) => {
    queue.push({ rpc: "broken", error: toErrorData(reason) });
    wake();
  });
  try {
    while (true) {
      const message = queue.shift();
      if (message === undefined) await new Promise<void>((resolve) => (wake = resolve));
      else if (message.rpc === "batch") yield message.items;
      else if (message.rpc === "broken") throw fromErrorData(message.error);
      else return;
    }
  } finally {
    port.close();
  }
}
