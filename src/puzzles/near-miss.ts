import type { Random } from "../core/rng";
import type { Application, Chain } from "./operation";
import { LIST_APPLICATIONS, REDUCER_APPLICATIONS } from "./operations";

function replaceAt(chain: Chain, index: number, application: Application): Chain {
  return chain.map((a, i) => (i === index ? application : a));
}

/** An application like the given one but wrong: another argument, or another operation (of the same kind twice as often). */
export function corruptApplication(application: Application, random: Random): Application {
  const pool = application.operation.kind === "reduce" ? REDUCER_APPLICATIONS : LIST_APPLICATIONS;
  const others = pool.filter((a) => a.operation !== application.operation);
  const sameOperation = pool.filter((a) => a.operation === application.operation && a.arg !== application.arg);
  const sameKind = others.filter((a) => a.operation.kind === application.operation.kind);
  const choices = [sameOperation, sameKind, others].filter((choice) => choice.length > 0);
  return random.pick(random.pick(choices));
}

/**
 * Programs that are almost right: every other argument, every operation left out, every neighbouring pair swapped, and every
 * operation replaced by each of its kind. Hidden tests must tell them from the solution.
 */
export function nearMisses(chain: Chain): readonly Chain[] {
  const pool = [...LIST_APPLICATIONS, ...REDUCER_APPLICATIONS];
  return chain.flatMap((application, index) => {
    const replaced = pool
      .filter((a) => a.operation.kind === application.operation.kind)
      .filter((a) => a.operation !== application.operation || a.arg !== application.arg)
      .map((a) => replaceAt(chain, index, a));
    if (application.operation.kind === "reduce") return replaced;
    const without = chain.filter((_, i) => i !== index);
    const next = chain[index + 1];
    const swapped =
      next && next.operation.kind !== "reduce"
        ? [replaceAt(replaceAt(chain, index, next), index + 1, application)]
        : [];
    return [...replaced, without, ...swapped];
  });
}
