import { LabError } from "../core/errors";
import { SPEC_VERSION } from "../experiment/spec/version";
import type { Flat } from "./flat";

/**
 * How a link of version n becomes one of version n + 1; the entry at index 0 is for version 1. A version that was ever
 * released keeps its entry, and one frozen link in url.test.ts.
 */
const MIGRATIONS: readonly ((flat: Flat) => Flat)[] = [
  // Version 2 knows more models, problems and settings; what version 1 left out means what it did.
  (flat) => flat,
];

/**
 * Brings a link's content to the present version.
 * @throws LabError `link/unknown-version`.
 */
export function migrate(flat: Flat, version: string | null): Flat {
  const from = version === null ? Number.NaN : Number(version);
  if (!Number.isInteger(from) || from < 1 || from > SPEC_VERSION) {
    throw new LabError(
      "link/unknown-version",
      version === null
        ? "The link does not say which version made it (v= is missing)."
        : `The link is of version ${version}, but the newest that this app reads is version ${SPEC_VERSION}.`,
      "Reload the page to get the newest app, or ask for a new link.",
    );
  }
  return MIGRATIONS.slice(from - 1).reduce((content, step) => step(content), flat);
}
