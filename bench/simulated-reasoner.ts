import { isCallTest } from "../src/core/problem";
import { MARKERS, renderStep, renderValue } from "../src/core/protocol/tiny";
import { createRandom, deriveSeed, type Random } from "../src/core/rng";
import type { CodeRunner } from "../src/ports/code-runner";
import type { Completion, PolicyModel, SampleRequest } from "../src/ports/policy-model";
import { type Application, type Chain, evaluate } from "../src/puzzles/chain";
import type { Puzzle } from "../src/puzzles/generator";
import { corruptApplication, LIST_APPLICATIONS, REDUCER_APPLICATIONS } from "../src/puzzles/operations";
import { reasoningPath, renderRefine, renderSolution } from "../src/puzzles/reasoning";

/** How good a simulated reasoner is; chances in [0, 1]. */
export interface Skill {
  /** That a refine step names the right operation. */
  readonly refine: number;
  /** The same for the one operation that the statement hides. */
  readonly hidden: number;
  /** That the code follows the pseudocode. */
  readonly code: number;
}

const TOKEN = new RegExp(`${Object.values(MARKERS).join("|")}|\\w+|\\s+|[^\\w\\s]`, "g");

const BY_WORDING = new Map(
  [...LIST_APPLICATIONS, ...REDUCER_APPLICATIONS].map((a) => [a.operation.pseudocode(a.arg), a]),
);

/** The operations that a prompt's refine steps have settled. */
function settled(prompt: string): Application[] {
  const steps = [...prompt.matchAll(/<refine>\d+\. (.*?): \[/g)];
  return steps.map(([, wording = ""]) => BY_WORDING.get(wording)).filter((a) => a !== undefined);
}

/** The rest of a path up to its code, as someone of this skill would write it, and the program it comes to. */
function goOn(
  puzzle: Puzzle,
  skill: Skill,
  prompt: string,
  random: Random,
): { readonly steps: string; readonly program: Chain } {
  const { chain, problem } = puzzle;
  const input = problem.visibleTests[0]?.input[0] as readonly number[];
  const hard = createRandom(deriveSeed("hidden", problem.id)).int(0, chain.length - 1);
  const path = prompt.slice(prompt.indexOf(MARKERS.think));
  let steps = path.includes(MARKERS.define) ? "" : reasoningPath(chain, input).slice(0, 1).map(renderStep).join("");
  const drawn = settled(path);
  let list = drawn.reduce<readonly number[]>((xs, { operation, arg }) => operation.apply(xs, arg), input);
  for (const right of chain.slice(drawn.length)) {
    const sure = random.chance(drawn.length === hard ? skill.hidden : skill.refine);
    const application = sure ? right : corruptApplication(right, random);
    steps += renderStep({ kind: "refine", text: renderRefine(application, drawn.length, list) });
    list = application.operation.apply(list, application.arg);
    drawn.push(application);
  }
  const [first, ...others] = drawn;
  const program = first && !random.chance(skill.code) ? [corruptApplication(first, random), ...others] : drawn;
  return { steps, program };
}

function complete(text: string, { stop }: SampleRequest): Completion {
  const pieces: string[] = [];
  for (const piece of text.match(TOKEN) ?? []) {
    pieces.push(piece);
    if (stop.includes(piece)) break;
  }
  return { text: pieces.join(""), pieces, tokens: pieces.length, logProbs: pieces.map(() => -0.3), finish: "stop" };
}

/** A reasoner of a given skill with one puzzle, and a judge of its programs: the shape of the search's problem without a model's cost. */
export function simulate(puzzle: Puzzle, skill: Skill): { readonly policy: PolicyModel; readonly runner: CodeRunner } {
  const programs = new Map<string, Chain>();
  const draw = (request: SampleRequest, index: number): Completion => {
    const random = createRandom(deriveSeed(request.seed, index));
    const { steps, program } = goOn(puzzle, skill, String(request.prompt), random);
    const code = renderSolution(program);
    programs.set(code, program);
    return complete(steps + renderStep({ kind: "code", text: code }) + MARKERS.eos, request);
  };
  return {
    policy: {
      info: { id: "simulated", backend: "none", contextLength: 4096 },
      sample: async (requests) =>
        requests.map((request) => ({
          completions: Array.from({ length: request.count }, (_, index) => draw(request, index)),
          promptTokens: 0,
          prefilledTokens: 0,
        })),
    },
    runner: {
      judge: async ({ code, tests }) =>
        tests.filter(isCallTest).map(({ input, expected }) => {
          const got = evaluate(programs.get(code) ?? [], input[0] as readonly number[]);
          const passed = renderValue(got) === renderValue(expected);
          return { verdict: passed ? "passed" : "failed", expected, got, ms: 0 };
        }),
    },
  };
}
