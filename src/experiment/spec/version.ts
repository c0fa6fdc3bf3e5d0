/** The version of the schema in spec.ts; a link or file of another version needs a migration (src/share). */
export const SPEC_VERSION = 2;
