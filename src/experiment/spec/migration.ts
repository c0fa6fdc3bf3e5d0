/** The version of the schema in spec.ts; a link or file of another version needs a migration (src/share). */
export const SPEC_VERSION = 2;

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Search settings as the newest version has them: what older ones did not know gets the value that means what they did.
 * `beamWidth` meant nothing then; it gets the presets' own.
 */
export function migrateConfig(config: unknown): unknown {
  if (!isRecord(config)) return config;
  const { tree, budget, sampling } = config;
  return {
    testTrust: "share",
    answer: "tests",
    ...config,
    ...(isRecord(tree) ? { tree: { beamWidth: 4, ...tree } } : {}),
    ...(isRecord(budget) ? { budget: { stopAtPass: false, ...budget } } : {}),
    ...(isRecord(sampling) ? { sampling: { withoutReplacement: false, ...sampling } } : {}),
  };
}

/** A specification of version 1 as one of version 2; anything else is left as it is. Not validated. */
export function migrateSpec(spec: unknown): unknown {
  if (!isRecord(spec) || spec.version !== 1) return spec;
  return { ...spec, version: 2, config: migrateConfig(spec.config) };
}
