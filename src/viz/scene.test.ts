import { describe, expect, it } from "vitest";
import { replay } from "../core/run/fold";
import { SAMPLE_SPEC, sampleRun } from "../testing/sample-run";
import { sceneOf } from "./scene";

const events = sampleRun(40);
const sceneAfter = (position: number) =>
  sceneOf({
    ...{ runId: 1, state: replay(events.slice(0, position)), selected: events.length },
    ...{ runSpec: null, colouring: "value" },
  });

describe("sceneOf", () => {
  it("shows where the search is looking, down to the newest node, until the run has ended", () => {
    const added = events.findLastIndex(({ event }) => event.type === "nodeAdded");
    const { activePath, nodes, answerPath } = sceneAfter(added + 1);
    expect(activePath[0]).toBe(0);
    expect(activePath.at(-1)).toBe(nodes.length - 1);
    expect(answerPath).toEqual([]);
  });

  it("shows the answer's path once it has", () => {
    const { activePath, nodes, answerPath } = sceneAfter(events.length);
    expect(activePath).toEqual([]);
    expect(nodes[answerPath.at(-1) ?? 0]?.step?.kind).toBe("code");
  });

  it("is coloured by the step scorer only where one was asked", () => {
    const by = (model: string, leafValue: "playout" | "scorer" = "playout") => {
      const config = { ...SAMPLE_SPEC.config, tree: { ...SAMPLE_SPEC.config.tree, leafValue } };
      const runSpec = { ...SAMPLE_SPEC, model, config };
      return sceneOf({ runId: 1, state: replay(events), selected: null, runSpec, colouring: "score" }).colouring;
    };
    expect(by("tiny")).toBe("value");
    expect(by("tiny+scorer@prm1")).toBe("score");
    expect(by("tiny", "scorer")).toBe("score");
    expect(sceneAfter(events.length).colouring).toBe("value");
  });

  it("does not select a node that is not there yet", () => {
    expect(sceneAfter(20).selected).toBeNull();
  });
});
