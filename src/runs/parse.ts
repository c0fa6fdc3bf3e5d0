import { z } from "zod";
import { LabError } from "../core/errors";
import type { RunEvent, TimedEvent } from "../core/run/events";
import { replay } from "../core/run/fold";
import { jsonSchema, problemSchema, testSchema } from "../core/test-schema";
import type { TestVerdict } from "../core/verdict";
import { parseSpec, searchConfigSchema } from "../experiment/spec/spec";
import { migrateRun, RUN_VERSION, type RunFile, type RunIdentity, runFile } from "./run-file";

/**
 * Reads a run's file of any version, from anyone.
 * @throws LabError `input/*` that says in one sentence what is wrong with the file.
 */
export function parseRunFile(text: string): RunFile {
  const file = migrateRun(readJson(text));
  if (file === null) throw broken("The file is not a saved run: it has no spec and events.");
  if (file.version !== RUN_VERSION) throw broken("The file was written by another version of the app.");
  const about = identity.safeParse(file);
  if (!about.success) throw broken("The file does not say which run it is.");
  const spec = file.spec === null ? null : parseSpec(file.spec);
  const events = eventLog.safeParse(file.events);
  if (!events.success) {
    const at = events.error.issues[0]?.path[0];
    throw broken(
      typeof at === "number" ? `Event ${at + 1} of the run cannot be read.` : "The file holds no list of events.",
    );
  }
  try {
    replay(events.data);
  } catch (cause) {
    throw broken("The events of the run do not fit together.", { cause });
  }
  if (events.data[0]?.event.type !== "started") throw broken("The run does not begin with its start.");
  return runFile(about.data, spec, events.data);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw broken("The file is not JSON.", { cause });
  }
}

function broken(message: string, options?: ErrorOptions): LabError {
  return new LabError("input/not-a-run", message, "Choose a file that Export run has written.", options);
}

/*
 * What the events of a log look like. Schemas of zod must stand before those that use them.
 */

const whole = z.int().min(0);
const share = z.number().min(0).max(1);
const path = z.array(whole);

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
  problem: problemSchema,
  config: searchConfigSchema.nullable(),
  seed: whole,
  mode: z.enum(["inference", "synthesis"]),
  model: z
    .object({
      id: z.string(),
      backend: z.string(),
      contextLength: whole,
      weights: z.string().exactOptional(),
      protocol: z.enum(["tiny", "chat"]).exactOptional(),
      batching: z
        .discriminatedUnion("kind", [
          z.object({ kind: z.literal("batch"), size: whole.min(1) }),
          z.object({ kind: z.literal("sequences"), count: whole.min(1) }),
          z.object({ kind: z.literal("requests"), limit: whole.min(1) }),
        ])
        .exactOptional(),
    })
    .nullable(),
});

const logProbs = z.array(z.number());

const sample = z.object({ tokenIds: z.array(whole), logProbs, drawLogProbs: logProbs.exactOptional() });

const nodeAdded = z.object({
  type: z.literal("nodeAdded"),
  id: whole,
  parent: whole.nullable(),
  step: z.object({ kind: z.string().min(1), text: z.string() }).nullable(),
  tokens: whole,
  logProb: z.number().max(0).nullable(),
  toldTokens: whole.exactOptional(),
  sample: sample.exactOptional(),
  origin: z.enum(["expansion", "playout", "root"]),
  deadEnd: z.enum(["grammar", "length", "thought", "max-depth", "empty"]).exactOptional(),
});

const ended = z.object({
  type: z.literal("ended"),
  reason: z.enum(["budget", "passed", "exhausted", "stopped", "error"]),
  answer: z.object({ nodeId: whole, code: z.string() }).nullable(),
  message: z.string().exactOptional(),
});

const runEvent = z.discriminatedUnion("type", [
  started,
  z.object({
    type: z.literal("prompted"),
    promptTokens: whole,
    prefilledTokens: whole,
    scorerTokens: whole.exactOptional(),
  }),
  z.object({ type: z.literal("testsGenerated"), tests: z.array(testSchema), tokens: whole }),
  z.object({ type: z.literal("selected"), simulation: whole, path }),
  nodeAdded,
  z.object({ type: z.literal("nodeMerged"), id: whole, tokens: whole, sample: sample.exactOptional() }),
  z.object({ type: z.literal("exhausted"), id: whole }),
  z.object({
    type: z.literal("evaluated"),
    id: whole,
    reward: z.object({ reward: z.number(), compile: share.exactOptional(), pass: share.exactOptional() }),
    verdicts: z.array(testVerdict),
  }),
  z.object({ type: z.literal("scored"), id: whole, value: z.number() }),
  z.object({ type: z.literal("backedUp"), simulation: whole, path, value: z.number() }),
  ended,
  z.object({
    type: z.literal("finalistsCompared"),
    by: z.enum(["scorer", "differing", "agreement"]),
    tests: z.array(testSchema),
    tokens: whole,
    finalists: z
      .array(z.object({ nodeId: whole, code: z.string(), verdicts: z.array(testVerdict), support: z.number().min(0) }))
      .min(1),
  }),
  z.object({
    type: z.literal("hiddenJudged"),
    solved: z.boolean(),
    tests: z.array(testSchema),
    verdicts: z.array(testVerdict),
  }),
]) satisfies z.ZodType<RunEvent>;

const eventLog = z.array(z.object({ at: z.number().min(0), event: runEvent }) satisfies z.ZodType<TimedEvent>);

const identity = z.object({
  id: z.string().min(1).max(100),
  parent: z.object({ run: z.string().min(1).max(100), event: whole }).nullable(),
}) satisfies z.ZodType<RunIdentity>;
