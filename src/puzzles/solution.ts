import { type Chain, returnsNumber } from "./operation";

/** The function every solution of the puzzle world defines. */
export const ENTRY_POINT = "solve";

/** The chain as a readable JavaScript function `solve(xs)`. */
export function renderSolution(chain: Chain): string {
  const reducer = returnsNumber(chain) ? chain.at(-1) : undefined;
  const body = (reducer ? chain.slice(0, -1) : chain).flatMap(({ operation, arg }) => operation.code(arg));
  const returned = reducer ? reducer.operation.code(reducer.arg).join(" ") : "xs";
  return [`function ${ENTRY_POINT}(xs) {`, ...[...body, `return ${returned};`].map((line) => `  ${line}`), "}"].join(
    "\n",
  );
}
