/** Where an error belongs; the part after the slash names what went wrong. */
export type ErrorCode = `${"input" | "link" | "model" | "sandbox" | "rpc" | "storage" | "internal"}/${string}`;

/**
 * An error that is meant for people: `message` is one sentence that says what is wrong, `hint` one that says how to mend it.
 * Crosses workers as plain data (`toData`), because structured clone loses class, code and cause.
 */
export class LabError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;

  constructor(code: ErrorCode, message: string, hint = "", options?: ErrorOptions) {
    super(message, options);
    this.name = "LabError";
    this.code = code;
    this.hint = hint;
  }
}

/** A {@link LabError} as structured data. */
export interface ErrorData {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** Turns anything thrown into data that survives a worker boundary. */
export function toErrorData(thrown: unknown): ErrorData {
  if (thrown instanceof LabError) return { code: thrown.code, message: thrown.message, hint: thrown.hint };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return { code: "internal/unexpected", message, hint: "" };
}

/** The inverse of {@link toErrorData}. */
export function fromErrorData(data: ErrorData): LabError {
  return new LabError(data.code, data.message, data.hint);
}
