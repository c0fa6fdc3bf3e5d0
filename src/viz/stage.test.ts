import { expect, test } from "vitest";
import { Stage } from "./stage";

test("the first aim is reached at once, later ones are glided to", () => {
  const stage = new Stage();
  const first = { level: 120, slot: 20, left: 30, top: 40 };
  stage.aim(first);
  expect(stage.camera.now).toEqual(first);
  stage.aim({ ...first, left: 300 });
  expect(stage.camera.now).toEqual(first);
});
