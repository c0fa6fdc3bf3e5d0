import { renderValue } from "../core/protocol/tiny";
import type { Step } from "../core/step";
import { type Application, type Chain, ENTRY_POINT, returnsNumber, trace } from "./chain";
import { LIST_APPLICATIONS, REDUCER_APPLICATIONS } from "./operations";

/** The chain as a readable JavaScript function `solve(xs)`. */
export function renderSolution(chain: Chain): string {
  const reducer = returnsNumber(chain) ? chain.at(-1) : undefined;
  const body = (reducer ? chain.slice(0, -1) : chain).flatMap(({ operation, arg }) => operation.code(arg));
  const returned = reducer ? reducer.operation.code(reducer.arg).join(" ") : "xs";
  return [`function ${ENTRY_POINT}(xs) {`, ...[...body, `return ${returned};`].map((line) => `  ${line}`), "}"].join(
    "\n",
  );
}

/** The structure in pseudocode: `define` of a chain, for instance `2 operations: filter, map; return the sum`. */
export function renderDefine(chain: Chain): string {
  const operations = chain.filter(({ operation }) => operation.kind !== "reduce");
  const kinds = operations.map(({ operation }) => operation.kind).join(", ");
  return `${operations.length} operations: ${kinds}; return a ${returnsNumber(chain) ? "number" : "list"}`;
}

function renderResult(list: readonly number[], application: Application): string {
  return renderValue(application.operation.kind === "reduce" ? (list[0] ?? 0) : list);
}

/** One operation worked through an example: `2. add 3 to each: [4, 2] -> [7, 5]`. `index` counts from 0. */
export function renderRefine(application: Application, index: number, before: readonly number[]): string {
  const after = application.operation.apply(before, application.arg);
  const wording = application.operation.pseudocode(application.arg);
  return `${index + 1}. ${wording}: ${renderValue(before)} -> ${renderResult(after, application)}`;
}

const BY_WORDING: ReadonlyMap<string, Application> = new Map(
  [...LIST_APPLICATIONS, ...REDUCER_APPLICATIONS].map((each) => [each.operation.pseudocode(each.arg), each]),
);

/** The operation that a step names which {@link renderRefine} could have written, whatever lists stand there; null when it names none. */
export function readRefine(text: string): Application | null {
  const wording = /^\d{1,2}\. ([^:]*): /.exec(text)?.[1];
  return BY_WORDING.get(wording ?? "") ?? null;
}

/** The refine steps of a chain, worked through `input`. */
export function renderRefines(chain: Chain, input: readonly number[]): readonly string[] {
  const lists = trace(chain, input);
  return chain.map((application, index) => renderRefine(application, index, lists[index] ?? []));
}

/** The whole reasoning path of a chain: define, one refine per operation, code. 4 to 7 steps. */
export function reasoningPath(chain: Chain, input: readonly number[]): readonly Step[] {
  return [
    { kind: "define", text: renderDefine(chain) },
    ...renderRefines(chain, input).map((text): Step => ({ kind: "refine", text })),
    { kind: "code", text: renderSolution(chain) },
  ];
}
