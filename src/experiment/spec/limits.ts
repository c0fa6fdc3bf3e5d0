/** The numbers a setting may take. */
export interface Limit {
  readonly min: number;
  readonly max: number;
  /** Only whole numbers. */
  readonly whole: boolean;
  /** `min` itself is not allowed. */
  readonly exclusive?: boolean;
}

const whole = (min: number, max: number): Limit => ({ min, max, whole: true });
const real = (min: number, max: number): Limit => ({ min, max, whole: false });

/** What every number of an experiment's settings may be: one table for the schema, the forms and the messages. */
export const LIMITS = {
  seed: whole(0, 2 ** 31 - 1),
  budget: {
    numSimulations: whole(1, 10_000),
    maxTokens: whole(1, 100_000_000),
    maxSeconds: real(1, 86_400),
  },
  sampling: {
    temperature: real(0, 2),
    topK: whole(0, 1000),
    topP: { ...real(0, 1), exclusive: true },
    maxStepTokens: whole(1, 4096),
    maxPathTokens: whole(1, 16_384),
  },
  tree: {
    exploration: real(0, 100),
    samplesPerExpansion: whole(1, 64),
    widening: real(0, 1),
    maxDepth: whole(1, 64),
    parallelSimulations: whole(1, 64),
    beamWidth: whole(1, 64),
  },
  compileWeight: real(0, 1),
  numGeneratedTests: whole(0, 64),
  /** Which puzzle of the endless generated sequence. */
  puzzleIndex: whole(0, 1_000_000),
  comparison: {
    limit: whole(1, 10_000),
    budgetTokens: whole(1, 10_000_000),
    freshSamples: whole(0, 100),
    pricePerMillion: real(0, 10_000),
  },
} as const satisfies Record<string, Limit | Record<string, Limit>>;

/** The limit in words: `a whole number from 1 to 10000`. */
export function describeLimit(limit: Limit): string {
  const kind = limit.whole ? "a whole number" : "a number";
  return limit.exclusive
    ? `${kind} above ${limit.min} and at most ${limit.max}`
    : `${kind} from ${limit.min} to ${limit.max}`;
}
