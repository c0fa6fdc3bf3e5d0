/** Bytes of memory one interpreter may have. */
export const MEMORY_LIMIT = 512 * 2 ** 20;

/** Bytes that one program may write to files, all in all; they lie outside the interpreter's memory. */
export const FILES_LIMIT = 64 * 2 ** 20;

/** Bytes of memory after which a realm is replaced instead of rewound: it would have to clear it every time. */
export const WORN = 160 * 2 ** 20;

/** Thrown through the interpreter to end the program that runs in it. Python code cannot catch it. */
export class Stop extends Error {
  readonly reason: "timeout" | "memory" | "output-limit" | "abandoned";

  constructor(reason: Stop["reason"]) {
    super(reason);
    this.reason = reason;
  }
}
