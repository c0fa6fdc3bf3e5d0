/** A value that survives JSON: what tests pass in and expect back. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** The languages a solution can be written in. */
export type Language = "javascript" | "python";

/** How much of a list puzzle its statement gives away. */
export type Tier = "described" | "hinted" | "examples";

/** One call of the entry point and the value it must return. */
export interface TestCase {
  /** The arguments, in order. */
  readonly input: readonly JsonValue[];
  readonly expected: JsonValue;
}

/**
 * Where a test comes from decides who may see it (the leak guard, DESIGN section 2): `visible` tests stand in the
 * statement, `generated` ones were written by the test-case generator, `hidden` ones decide the reported score only.
 */
export type TestKind = "visible" | "generated" | "hidden";

/** What a model and a search may know of a task. It has no field for hidden tests, so that none can leak. */
export interface Problem {
  readonly id: string;
  readonly title: string;
  /** English; what to compute. Examples are not part of it: they are {@link visibleTests}. */
  readonly statement: string;
  readonly language: Language;
  /** The name of the function that tests call. */
  readonly entryPoint: string;
  readonly visibleTests: readonly TestCase[];
  readonly tier?: Tier;
}

/** A problem together with the tests that decide its score. Kept apart from the search until it has ended. */
export interface ScoredProblem {
  readonly problem: Problem;
  readonly hiddenTests: readonly TestCase[];
}
