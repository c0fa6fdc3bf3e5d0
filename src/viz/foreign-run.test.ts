import { describe, expect, it } from "vitest";
import { replay } from "../core/run/fold";
import { FOREIGN_RUN } from "../testing/foreign-run";
import { siblingLabel, spokenLabel } from "./labels";
import { markOf, nodeFill, valueFill } from "./marks";
import { sceneOf } from "./scene";

describe("the drawing of another system's tree", () => {
  const { nodes, answerPath, colouring } = sceneOf({
    ...{ runId: 1, state: replay(FOREIGN_RUN.events), selected: 3, runSpec: null, colouring: "score" },
  });

  it("has marks for steps of any kind, and for programs whose tests are not known", () => {
    expect(nodes.map(markOf)).toEqual(["root", "step", "step", "judged"]);
    expect(answerPath).toEqual([0, 1, 3]);
  });

  it("colours values beyond the scale like its ends", () => {
    expect(nodes.map((node) => nodeFill(node, colouring))).toEqual([
      valueFill(1),
      valueFill(1),
      valueFill(0),
      valueFill(1),
    ]);
  });

  it("has words for them", () => {
    expect(nodes.map((node) => siblingLabel(node, nodes))).toEqual(["", "Add it to itself.", "Shift it.", ""]);
    expect(nodes.map(spokenLabel)).toEqual([
      "problem, value 7.25, 2 visits",
      "thought, Add it to itself., value 17.50, 1 visit",
      "thought, Shift it., value -3.00, 1 visit",
      "code, tests not known, value 17.50, 1 visit",
    ]);
  });
});
