import type { SearchConfig } from "../../core/config";
import type { ScoredProblem } from "../../core/problem";
import type { StepProtocol } from "../../core/protocol/protocol";
import { type RunState, stepsTo } from "../../core/run/tree";
import { type Draw, drawRequest, readDraw } from "../../core/search/draw";
import { Judge, scoreTests } from "../run/judging";
import type { RunPorts } from "../run/run";
import { newRunStats } from "../run/run-stats";
import { decidingTests } from "./solved";

/** A solved run whose last step is to be drawn again. */
export interface FreshRequest {
  readonly scored: ScoredProblem;
  readonly state: RunState;
  readonly config: SearchConfig;
  /** At least 1. */
  readonly count: number;
  readonly seed: number;
}

/**
 * Draws the last step, the program, again from the prefix of the answer's path (code at once: from the bare problem) and returns
 * the share, in [0, 1], that passes the tests which decide: one problem's part of ASPR (O1-CODER, Table 1).
 * @throws what the ports throw; the signal's reason.
 */
export async function freshPassShare(
  request: FreshRequest,
  ports: RunPorts,
  protocol: StepProtocol,
  signal: AbortSignal,
): Promise<number> {
  const { scored, state, config, count, seed } = request;
  const prefix = stepsTo(state, state.ended?.answer?.nodeId ?? 0).slice(0, -1);
  const { problem } = scored;
  const purpose = config.strategy === "vanilla" ? "code" : "expand";
  const draw: Draw = { purpose, problem, prefix, sampling: config.sampling, count, seed };
  const [result] = await ports.policy.sample([drawRequest(protocol, draw)], signal);
  const judge = new Judge(ports.runner, problem, scoreTests(decidingTests(scored)), newRunStats());
  const passes = await Promise.all(
    (result?.completions ?? []).map(async (completion) => {
      const [drawn] = readDraw(protocol, draw, completion);
      if (drawn?.deadEnd !== undefined || drawn?.step.kind !== "code") return false;
      const verdicts = await judge.judge(drawn.step.text, signal);
      return verdicts.every(({ verdict }) => verdict === "passed");
    }),
  );
  return passes.filter(Boolean).length / count;
}
