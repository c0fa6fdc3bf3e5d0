import { isCeiling, leafValueOf, type SearchConfig } from "../../core/config";
import { LabError } from "../../core/errors";
import type { ModelInfo } from "../../core/model";
import type { Problem } from "../../core/problem";
import { chatProtocol } from "../../core/protocol/chat/read";
import type { StepProtocol } from "../../core/protocol/protocol";
import { tinyProtocol } from "../../core/protocol/tiny";
import type { RunMode } from "../../core/run/events";
import { drawsWithoutReplacement } from "../../core/search/draw";
import { secondLook } from "../../core/search/finalists";
import { STRATEGIES } from "../../core/search/strategies/registry";
import type { CodeRunner } from "../../ports/code-runner";
import type { PolicyModel } from "../../ports/policy-model";
import type { StepScorer } from "../../ports/step-scorer";
import type { TestGenerator } from "../../ports/test-generator";
import { tinyModelFault } from "../spec/model-family";
import { isPuzzle } from "./exact-scorer";

/** Everyone a run may call. */
export interface RunPorts {
  readonly policy: PolicyModel;
  readonly runner: CodeRunner;
  /** Needed when the settings ask for generated tests and the strategy chooses among programs. */
  readonly testGenerator?: TestGenerator;
  /** Needed when leaves are valued by the scorer, and for beam search. */
  readonly scorer?: StepScorer;
}

/** Whether a run has tests generated: asked for, and of use to the strategy. */
export function wantsTests(config: SearchConfig): boolean {
  return config.numGeneratedTests > 0 && STRATEGIES[config.strategy].chooses;
}

/** Whether the search itself asks somebody what steps are worth: the step scorer or, for a ceiling, the problem's maker. */
export function asksScorer(config: SearchConfig): boolean {
  return config.strategy === "beam" || leafValueOf(config) !== "playout";
}

/** Whether tests are written, before the search or for its finalists. */
function needsTests(config: SearchConfig): boolean {
  const second = secondLook(config);
  return wantsTests(config) || second === "differing" || second === "agreement";
}

/** What keeps these settings from being run at all, whatever the problem; null when nothing does. */
export function settingsFault(config: SearchConfig, ports: RunPorts): LabError | null {
  const { strategy } = config;
  const asks = (asksScorer(config) && !isCeiling(config)) || secondLook(config) === "scorer";
  if (asks && !ports.scorer) {
    const hint =
      strategy === "beam"
        ? "Choose a model with one, or another strategy."
        : "Choose a model with one, or let playouts value the leaves and tests the answer.";
    return new LabError("input/no-scorer", "No step scorer is loaded.", hint);
  }
  if (drawsWithoutReplacement(config) && (ports.policy.info.protocol ?? "tiny") !== "tiny") {
    const what = strategy === "best-first" ? "be searched best-first" : "draw without replacement";
    const hint = strategy === "best-first" ? "Choose another strategy." : "Let it repeat itself.";
    return new LabError("input/no-token-ids", `This model cannot ${what}: it does not tell its tokens.`, hint);
  }
  if (needsTests(config) && !ports.testGenerator) {
    return new LabError(
      "input/no-test-generator",
      "This model cannot write tests.",
      "Set the number of generated tests to 0, and let the answer be chosen by tests.",
    );
  }
  return null;
}

/**
 * What keeps a problem from being run with a model under these settings; null when nothing does. A strategy that
 * chooses among programs by running them needs tests to run: visible or generated ones, or, in data synthesis, the
 * problem's own.
 */
export function problemFault(
  problem: Problem,
  config: SearchConfig,
  { protocol = "tiny" }: ModelInfo,
  mode: RunMode,
): LabError | null {
  const fault = protocol === "tiny" ? tinyModelFault(problem) : null;
  if (fault !== null) return fault;
  if (isCeiling(config) && !isPuzzle(problem)) {
    return new LabError(
      "input/no-exact-values",
      `Nobody knows the exact values of steps of "${problem.title}".`,
      "Choose a list puzzle, or another source of values.",
    );
  }
  const { chooses } = STRATEGIES[config.strategy];
  if (!chooses || problem.visibleTests.length > 0 || wantsTests(config) || mode === "synthesis") return null;
  return new LabError(
    "input/no-tests",
    `The problem "${problem.title}" has no visible test.`,
    "Add at least one test, or have some generated.",
  );
}

/** How reasoning steps travel to a model and back. */
export function protocolOf({ protocol = "tiny" }: Pick<ModelInfo, "protocol">): StepProtocol {
  return protocol === "chat" ? chatProtocol : tinyProtocol;
}
