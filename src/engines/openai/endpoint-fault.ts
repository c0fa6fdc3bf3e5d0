/** What can go wrong between here and an endpoint. */
export type FaultKind =
  /** Answered with an error status. */
  | "status"
  /** No answer at all: no server there, or one whose answer the browser withholds. */
  | "connection"
  /** The answer broke off. */
  | "cut"
  /** Nothing came for too long. */
  | "silence"
  /** The answer is not what the protocol asks for. */
  | "garbage";

/** Something that went wrong between here and an endpoint, before it is put into words for people. */
export class EndpointFault extends Error {
  readonly kind: FaultKind;
  /** Of the HTTP answer; 0 for every kind but `status`. */
  readonly status: number;
  /** Milliseconds the server asks to wait; null when it does not say. */
  readonly retryAfterMs: number | null;

  /** @param message the server's own words, or what was seen instead of an answer. */
  constructor(kind: FaultKind, message: string, status = 0, retryAfterMs: number | null = null) {
    super(message);
    this.name = "EndpointFault";
    this.kind = kind;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

const TRANSIENT_STATUS = new Set([408, 425, 429]);

/** Whether the same request may well succeed a little later. */
export function isTransient({ kind, status }: EndpointFault): boolean {
  if (kind === "status") return TRANSIENT_STATUS.has(status) || status >= 500;
  return kind === "connection" || kind === "cut";
}

/**
 * Milliseconds that a `Retry-After` header asks for (seconds or a date); null without one, or when it cannot be read.
 */
export function parseRetryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - now;
  return Number.isNaN(ms) ? null : Math.max(0, ms);
}
