import { afterAll, describe, expect, it } from "vitest";
import { createFrameHost } from "../frame";
import type { CandidateJob } from "./lane";
import { PyodideLane } from "./pyodide-lane";

const baseUrl = `${location.origin}/`;
const lane = new PyodideLane(createFrameHost({ baseUrl }), { baseUrl });
afterAll(() => lane.close());

const job = (code: string, work: CandidateJob["work"], more: Partial<CandidateJob> = {}): CandidateJob => ({
  preamble: "",
  code,
  entryPoint: null,
  work,
  timeLimitMs: 2000,
  ...more,
});
const program = async (code: string, ...inputs: string[]) =>
  (await lane.run(job(code, { kind: "programs", inputs: inputs.length ? inputs : [""] }))).items.map(
    (item) => item.report,
  );

describe("whole programs", () => {
  it("read and write", async () => {
    expect(await program("print(int(input()) + 1)", "41\n", "1\n")).toEqual([
      { kind: "output", stdout: "42\n" },
      { kind: "output", stdout: "2\n" },
    ]);
  });
});
