import { z } from "zod";
import type { Problem } from "../core/problem";
import type { RunEvent, TimedEvent } from "../core/run/events";
import { jsonSchema, testSchema } from "../core/test-schema";
import type { TestVerdict } from "../core/verdict";
import { searchConfigSchema } from "../experiment/spec/spec";

const whole = z.int().min(0);
const share = z.number().min(0).max(1);
const path = z.array(whole);

const problem = z.object({
  id: z.string(),
  title: z.string(),
  statement: z.string(),
  language: z.enum(["javascript", "python"]),
  entryPoint: z.string().nullable(),
  visibleTests: z.array(testSchema),
  tier: z.enum(["described", "hinted", "examples"]).exactOptional(),
  starterCode: z.string().exactOptional(),
  preamble: z.string().exactOptional(),
  timeLimitMs: z.number().min(0).exactOptional(),
  attribution: z.string().exactOptional(),
}) satisfies z.ZodType<Problem>;

const testVerdict = z.object({
  verdict: z.enum([
    "passed",
    "failed",
    "error",
    "timeout",
    "memory",
    "output-limit",
    "crashed",
    "syntax-error",
    "missing-entry-point",
  ]),
  expected: jsonSchema.exactOptional(),
  got: jsonSchema.exactOptional(),
  message: z.string().exactOptional(),
  line: z.int().exactOptional(),
  unguarded: z.literal(true).exactOptional(),
  ms: z.number().min(0),
  kind: z.enum(["visible", "generated", "hidden"]),
  index: whole,
}) satisfies z.ZodType<TestVerdict>;

const started = z.object({
  type: z.literal("started"),
  problem,
  config: searchConfigSchema,
  seed: whole,
  mode: z.enum(["inference", "synthesis"]),
  model: z.object({
    id: z.string(),
    backend: z.string(),
    contextLength: whole,
    weights: z.string().exactOptional(),
    protocol: z.enum(["tiny", "chat"]).exactOptional(),
    parallelRequests: whole.min(1).exactOptional(),
  }),
});

const nodeAdded = z.object({
  type: z.literal("nodeAdded"),
  id: whole,
  parent: whole.nullable(),
  step: z.object({ kind: z.enum(["define", "refine", "code"]), text: z.string() }).nullable(),
  tokens: whole,
  logProb: z.number().max(0),
  origin: z.enum(["expansion", "playout", "root"]),
  deadEnd: z.enum(["grammar", "length", "max-depth", "empty"]).exactOptional(),
});

const ended = z.object({
  type: z.literal("ended"),
  reason: z.enum(["budget", "exhausted", "stopped", "error"]),
  answer: z.object({ nodeId: whole, code: z.string() }).nullable(),
  message: z.string().exactOptional(),
});

const runEvent = z.discriminatedUnion("type", [
  started,
  z.object({ type: z.literal("prompted"), promptTokens: whole, prefilledTokens: whole }),
  z.object({ type: z.literal("testsGenerated"), tests: z.array(testSchema), tokens: whole }),
  z.object({ type: z.literal("selected"), simulation: whole, path }),
  nodeAdded,
  z.object({ type: z.literal("nodeMerged"), id: whole, tokens: whole }),
  z.object({
    type: z.literal("evaluated"),
    id: whole,
    reward: z.object({ reward: share, compile: share, pass: share }),
    verdicts: z.array(testVerdict),
  }),
  z.object({ type: z.literal("scored"), id: whole, value: share }),
  z.object({ type: z.literal("backedUp"), simulation: whole, path, value: share }),
  ended,
  z.object({
    type: z.literal("hiddenJudged"),
    solved: z.boolean(),
    tests: z.array(testSchema),
    verdicts: z.array(testVerdict),
  }),
]) satisfies z.ZodType<RunEvent>;

/** The log of a run, as it stands in a file. */
export const eventLogSchema = z.array(
  z.object({ at: z.number().min(0), event: runEvent }) satisfies z.ZodType<TimedEvent>,
);
