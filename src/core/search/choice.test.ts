import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SearchConfig } from "../config";
import type { NodeId, RunEvent } from "../run/events";
import { replay } from "../run/fold";
import { explainChoice, lastChoice } from "./choice";
import { CONFIG, configOf, drive, PROBLEM, perform, runWorld, searchOf, started } from "./golden-fixture";

const configs = fc
  .record({
    selection: fc.constantFrom("uct" as const, "puct" as const),
    exploration: fc.constantFrom(0, 1, 2),
    schedule: fc.constantFrom("const" as const, "lin" as const, "exp" as const),
    samplesPerExpansion: fc.integer({ min: 1, max: 3 }),
    widening: fc.constantFrom(0, 0.3, 0.5, 1),
    leafValue: fc.constantFrom("playout" as const, "scorer" as const),
  })
  .map((tree): SearchConfig => configOf(tree, 25));

/** The log of a search, and every choice that it made: the event that tells it, the node, the child. */
function choicesOf(config: SearchConfig, seed: number) {
  const model = { id: "golden", backend: "scripted", contextLength: 100 };
  const search = searchOf(started(config, seed));
  const all: readonly RunEvent[] = [
    { type: "started", problem: PROBLEM, config, seed, mode: "inference", model },
    ...drive(search, perform),
  ];
  const known = new Map<number, readonly NodeId[]>();
  const choices = all.flatMap((event, position) => {
    if (event.type !== "selected") return [];
    const before = known.get(event.simulation)?.length ?? 1;
    known.set(event.simulation, event.path);
    return event.path.slice(before).map((chosen, i) => ({
      ...{ position, chosen, simulation: event.simulation },
      parent: event.path[before + i - 1] ?? 0,
    }));
  });
  return { log: all.map((event) => ({ at: 0, event })), all, choices };
}

function explained({ log, all }: ReturnType<typeof choicesOf>, position: number, parent: NodeId) {
  const logged = lastChoice(log, position, parent);
  return logged && explainChoice(logged, replay(all.slice(0, logged.position)));
}

describe("a choice", () => {
  it("is explained by what the search compared: the chosen child is the most attractive of those that could be chosen", () => {
    fc.assert(
      fc.property(configs, fc.nat(500), (config, seed) => {
        const run = choicesOf(config, seed);
        for (const { position, parent, chosen, simulation } of run.choices) {
          const why = explained(run, position + 1, parent);
          expect(why).toMatchObject({ chosen, simulation, parent });
          const best = Math.max(...(why?.standings ?? []).filter((each) => each.isEligible).map(({ total }) => total));
          expect(why?.standings.find(({ id }) => id === chosen)?.total).toBe(best);
          expect(why?.ties).toContain(chosen);
        }
      }),
      { numRuns: 15 },
    );
  });

  it("is the newest before the moment that is looked at", () => {
    const run = choicesOf(configOf({ selection: "puct" }, 25), 7);
    const atRoot = run.choices.filter(({ parent }) => parent === 0);
    const [early, late] = [atRoot[1], atRoot.at(-1)];
    expect(explained(run, run.log.length, 0)?.simulation).toBe(late?.simulation);
    expect(explained(run, (early?.position ?? 0) + 1, 0)?.simulation).toBe(early?.simulation);
    expect(explained(run, 1, 0)).toBeNull();
  });

  it("can be checked by hand", () => {
    const world = {
      says: {
        "": ["<define>A<end><code>right<end><eos>", "<define>B<end><code>wrong<end><eos>"],
        "<define>A<end>": ["<code>right<end><eos>"],
        "<define>B<end>": ["<code>wrong<end><eos>"],
      },
      passes: { right: 2 },
    };
    const config = configOf({ selection: "puct", exploration: 2 }, 4);
    const { events } = runWorld(config, world);
    const model = { id: "golden", backend: "scripted", contextLength: 100 };
    const all: readonly RunEvent[] = [
      { type: "started", problem: PROBLEM, config, seed: 1, mode: "inference", model },
      ...events,
    ];
    const why = explained({ log: all.map((event) => ({ at: 0, event })), all, choices: [] }, all.length, 0);
    const [a] = why?.standings ?? [];
    expect(why).toMatchObject({ rule: "puct", c: 2 });
    const n = why?.parentVisits ?? 0;
    expect(a?.exploration).toBeCloseTo((2 * 0.5 * Math.sqrt(n)) / (1 + (a?.visitCount ?? 0)), 12);
    expect(a?.total).toBeCloseTo((a?.q ?? 0) + (a?.exploration ?? 0), 12);
  });

  it("explains nothing where no formula chose", () => {
    const run = choicesOf({ ...CONFIG, strategy: "best-of-n" }, 1);
    expect(run.choices).toEqual([]);
    expect(explained(run, run.log.length, 0)).toBeNull();
  });
});
