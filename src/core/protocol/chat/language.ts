import type { Language } from "../../problem";

/** What people and models call a language. */
export const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { javascript: "JavaScript", python: "Python" };
