import type { ErrorData } from "../core/errors";
import type { Preparation } from "../ports/experiment-runner";

/**
 * What crosses a worker boundary. Comlink carries a single object, {@link Wire}, because on its own it loses the class,
 * code and cause of errors, knows no abort signals, and leaves calls pending for ever when the other side dies.
 */
export interface Wire {
  call(call: WireCall): Promise<WireResult>;
  /** The caller has lost interest in call `id`. */
  cancel(id: number): void;
}

/** One method call. */
export interface WireCall {
  readonly id: number;
  readonly method: string;
  /** Structured-cloneable; an abort signal has been taken out. */
  readonly args: readonly unknown[];
  /** Where among the arguments the abort signal stood, or null if there was none. */
  readonly signalAt: number | null;
}

/** How a call ended: errors are data. */
export type WireResult =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: ErrorData };

/** The first message to a worker: build your service from these options. */
export interface InitMessage {
  readonly rpc: "init";
  readonly options: unknown;
}

/** What a worker says about its own start. `listening` comes first, so that nothing is sent to a script that never loaded. */
export type StartMessage =
  | { readonly rpc: "listening" }
  | { readonly rpc: "preparing"; readonly preparation: Preparation }
  | { readonly rpc: "ready" }
  | { readonly rpc: "failed"; readonly error: ErrorData };

/** What travels over the port of a stream: batches in order, then exactly one end, with what the source returned. */
export type StreamMessage<T, R> =
  | { readonly rpc: "batch"; readonly items: readonly T[] }
  | { readonly rpc: "done"; readonly result: R }
  | { readonly rpc: "broken"; readonly error: ErrorData };

/** Named methods; arguments and results must survive structured clone. */
export type Service = Record<string, (...args: never[]) => unknown>;
