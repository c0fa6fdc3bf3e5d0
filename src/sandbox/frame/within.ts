import { deferred } from "../../core/deferred";
import type { LabError } from "../../core/errors";

/** The promise, as long as it settles within some wall milliseconds. @throws LabError what `error` makes, when it does not. */
export function within<T>(promise: Promise<T>, ms: number, error: () => LabError): Promise<T> {
  const { promise: late, reject } = deferred<T>();
  const timer = setTimeout(() => reject(error()), ms);
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
