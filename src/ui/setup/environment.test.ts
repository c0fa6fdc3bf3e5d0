import { describe, expect, it } from "vitest";
import { environmentNote } from "./environment";

describe("environmentNote", () => {
  it("says nothing where nothing is missing", () => {
    expect(environmentNote({ isolated: true, webgpu: true })).toBeNull();
  });

  it("says what is missing and how to mend it", () => {
    expect(environmentNote({ isolated: false, webgpu: true })).toMatch(/one thread.*npm start/);
    expect(environmentNote({ isolated: false, webgpu: false })).toMatch(/without WebGPU/);
    expect(environmentNote({ isolated: true, webgpu: false })).toMatch(/No WebGPU/);
  });
});
