import type { SampleRequest } from "../protocol/protocol";
import { deriveSeed } from "../rng";
import type { NodeId } from "../run/events";
import { stepsTo } from "../run/tree";
import type { Turn } from "./turn";
import type { SampleWork } from "./work";

/** What to ask of the policy. The seed depends on the run, the purpose, the simulation and the node, and on nothing else. */
export function sampleRequest(
  turn: Turn,
  simulation: number,
  node: NodeId,
  purpose: SampleWork["purpose"],
  count: number,
): SampleRequest {
  const { protocol, problem, run } = turn;
  const { strategy, sampling } = turn.config;
  const greedy = strategy === "greedy";
  const wanted = purpose === "expand" ? "step" : "path";
  return {
    prompt:
      purpose === "code" ? protocol.vanillaPrompt(problem) : protocol.policyPrompt(problem, stepsTo(run, node), wanted),
    count,
    stop: purpose === "expand" ? protocol.stepStop : protocol.pathStop,
    maxTokens: purpose === "expand" ? sampling.maxStepTokens : sampling.maxPathTokens,
    temperature: greedy ? 0 : sampling.temperature,
    topK: sampling.topK,
    topP: sampling.topP,
    seed: deriveSeed(run.seed, purpose, simulation, node),
  };
}
