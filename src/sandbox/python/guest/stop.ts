/** Thrown through the interpreter to end the program that runs in it. Python code cannot catch it. */
export class Stop extends Error {
  readonly reason: "timeout" | "memory" | "output-limit";

  constructor(reason: Stop["reason"]) {
    super(reason);
    this.reason = reason;
  }
}
