import { LabError } from "../core/errors";

/** What a failed call of IndexedDB means for people. */
export function toStorageError(thrown: unknown): LabError {
  if (thrown instanceof LabError) return thrown;
  const names = errorNames(thrown);
  const is = (...wanted: readonly string[]) => wanted.some((name) => names.has(name));
  const options = { cause: thrown };
  if (is("QuotaExceededError")) {
    return new LabError(
      "storage/quota",
      "The browser has no room left for this, so nothing was changed.",
      "Remove a collection or a cached model, or free disk space, and try again.",
      options,
    );
  }
  if (is("MissingAPIError", "OpenFailedError", "InvalidStateError", "SecurityError", "UnknownError")) {
    return new LabError(
      "storage/blocked",
      "The browser lets this page keep nothing.",
      "Allow it to store data, or leave the private window; until then, collections last as long as the page.",
      options,
    );
  }
  if (is("DatabaseClosedError")) {
    return new LabError("storage/closed", "The browser has closed this page's storage.", "Reload the page.", options);
  }
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new LabError("storage/failed", `The browser's storage failed: ${message}`, "Reload the page.", options);
}

/** The names of an error and of those inside it: Dexie wraps what IndexedDB throws, in bulk calls more than once. */
function errorNames(thrown: unknown, depth = 0): Set<string> {
  if (typeof thrown !== "object" || thrown === null || depth > 4) return new Set();
  const { name, inner, failures } = thrown as { name?: unknown; inner?: unknown; failures?: readonly unknown[] };
  const inside = [inner, ...(Array.isArray(failures) ? failures.slice(0, 1) : [])];
  return new Set([String(name), ...inside.flatMap((each) => [...errorNames(each, depth + 1)])]);
}

/**
 * Does something with the database; what it throws is for people.
 * @throws LabError `storage/*`, or the one that `call` throws.
 */
export async function guarded<T>(call: () => PromiseLike<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw toStorageError(thrown);
  }
}
