import { afterAll, describe, expect, it } from "vitest";
import type { TestCase } from "../../../core/problem";
import { createFrameHost } from "../../frame/realm-host";
import { JavaScriptRunner } from "./javascript-runner";

/** For programs that end by themselves: however slow the machine, none of them may run out of time. */
const LIMIT_MS = 600_000;
/** For programs that never end. */
const LOOP_MS = 300;
/** For programs that end and programs that do not in one request. */
const MIXED_MS = 3_000;

const runner = new JavaScriptRunner(createFrameHost({ baseUrl: `${location.origin}/` }), { timeLimitMs: LIMIT_MS });
afterAll(() => runner.close());

/** Judges `solve` on calls with one argument. */
function judge(code: string, tests: readonly [unknown, unknown][], timeLimitMs = LIMIT_MS) {
  const cases = tests.map(([input, expected]) => ({ input: [input], expected }) as TestCase);
  return runner.judge({ language: "javascript", code, entryPoint: "solve", tests: cases, timeLimitMs });
}

async function judgeOne(code: string, expected: unknown, input: unknown = [1, 2, 3]) {
  const [verdict] = await judge(code, [[input, expected]]);
  return verdict;
}

describe("verdicts", () => {
  it("passes and fails by value", async () => {
    const verdicts = await judge("function solve(xs) { return xs.map((x) => x * 2); }", [
      [
        [1, 2],
        [2, 4],
      ],
      [[], []],
      [[1], [3]],
    ]);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(["passed", "passed", "failed"]);
    expect(verdicts[2]).toMatchObject({ expected: [3], got: [2] });
    expect(verdicts[2]?.ms).toBeGreaterThanOrEqual(0);
  });

  it.each([
    ["a function", "function solve(xs) { return xs.length; }"],
    ["a const", "const solve = (xs) => xs.length;"],
    ["a let after use strict", '"use strict";\nlet solve = function (xs) { return xs.length; };'],
    ["a var", "var solve = (xs) => xs.length"],
    ["an assignment", "solve = (xs) => xs.length"],
    ["an async function", "async function solve(xs) { await null; return xs.length; }"],
    ["a program ending in a comment", "function solve(xs) { return xs.length; } // done"],
    [
      "names of removed globals",
      "const name = 1, close = 2; function fetch() { return 3; }\nconst solve = () => fetch();",
    ],
  ])("finds its entry point in %s", async (_, code) => {
    expect(await judgeOne(code, 3)).toMatchObject({ verdict: "passed" });
  });

  it("names the line and the type of an error", async () => {
    const code = "function solve(xs) {\n  const n = xs.length;\n  return null.x + n;\n}";
    expect(await judgeOne(code, 1)).toMatchObject({
      verdict: "error",
      message: "TypeError: Cannot read properties of null (reading 'x')",
      line: 3,
    });
  });

  it("reports an error at load for every test", async () => {
    const verdicts = await judge("const a = 1;\nundefinedThing();\nfunction solve() {}", [
      [1, 1],
      [2, 2],
    ]);
    expect(verdicts).toMatchObject([
      { verdict: "error", message: "ReferenceError: undefinedThing is not defined", line: 2 },
      { verdict: "error", line: 2 },
    ]);
  });

  it("reports what was thrown when it is no error", async () => {
    expect(await judgeOne('function solve() { throw "no"; }', 1)).toMatchObject({
      verdict: "error",
      message: 'It threw "no".',
    });
    expect(await judgeOne("async function solve() { throw new RangeError('far'); }", 1)).toMatchObject({
      verdict: "error",
      message: "RangeError: far",
      line: 1,
    });
  });

  it("survives a stack overflow", async () => {
    expect(await judgeOne("function solve(xs) { return solve(xs) + 1; }", 1)).toMatchObject({
      verdict: "error",
      message: "RangeError: Maximum call stack size exceeded",
    });
  });

  it("names the line of a syntax error", async () => {
    const verdicts = await judge("function solve(xs) {\n  return xs.map(;\n}", [
      [1, 1],
      [2, 2],
    ]);
    expect(verdicts).toMatchObject([
      { verdict: "syntax-error", message: "SyntaxError: Unexpected token ';'", line: 2 },
      { verdict: "syntax-error" },
    ]);
  });

  it("tells a syntax error of the program from one that it throws", async () => {
    expect(await judgeOne("const x = JSON.parse('{');\nfunction solve() {}", 1)).toMatchObject({
      verdict: "error",
      line: 1,
    });
  });

  it("names the function that stands in for the entry point", async () => {
    expect(await judgeOne("function solv(xs) { return xs; }", 1)).toMatchObject({
      verdict: "missing-entry-point",
      message: "The program defines solv, not solve.",
    });
    expect(await judgeOne("const solve = 3;", 1)).toMatchObject({
      verdict: "missing-entry-point",
      message: "solve is a number, not a function.",
    });
    expect(await judgeOne("1 + 1", 1)).toMatchObject({ message: "The program defines no function solve." });
  });

  it("does not take a built-in for the entry point", async () => {
    const tests = [{ input: ["7"], expected: 7 }];
    const request = { language: "javascript", code: "1", entryPoint: "parseInt", tests } as const;
    expect(await runner.judge(request)).toMatchObject([{ verdict: "missing-entry-point" }]);
  });

  it.each(["a; b", "class", "1", ""])("refuses the entry point %j, which is no name", async (entryPoint) => {
    const request = { language: "javascript", code: "", entryPoint, tests: [] } as const;
    await expect(runner.judge(request)).rejects.toMatchObject({ code: "input/entry-point" });
  });
});

describe("values", () => {
  it.each([
    ["undefined", "return undefined", "solve returned undefined; is a return missing?"],
    ["nothing", "", "solve returned undefined; is a return missing?"],
    ["NaN", "return NaN", "solve returned NaN."],
    ["an infinite number in a list", "return [1, Infinity]", "solve returned a value with Infinity at [1]."],
    ["a BigInt", "return 5n", "solve returned the BigInt 5n."],
    ["a symbol", "return Symbol('x')", "solve returned a symbol."],
    ["a function", "return () => 1", "solve returned a function."],
    ["a Set", "return new Set(xs)", "solve returned a built-in object of type Set."],
    ["a Map", "return new Map()", "solve returned a built-in object of type Map."],
    ["a typed array", "return Int32Array.from(xs)", "solve returned a built-in object of type Int32Array."],
    ["a Date", "return new Date(0)", "solve returned a built-in object of type Date."],
    ["an instance", "class Foo { a = 1 } return [new Foo()]", "solve returned a value with an instance of Foo at [0]."],
    ["a boxed number", "return Object(3)", "solve returned an instance of Number."],
    ["a sparse list", "return [1, , 3]", "solve returned a value with an empty slot at [1]."],
    ["undefined in a list", "return [1, undefined]", "solve returned a value with undefined at [1]."],
    ["undefined in an object", "return { a: { b: undefined } }", "solve returned a value with undefined at .a.b."],
    ["a list with a name", "return 'ab'.match(/b/)", "solve returned a list with further properties."],
    [
      "a cycle",
      "const a = []; a.push(a); return a",
      "solve returned a value that contains itself, or is nested too deeply.",
    ],
  ])("says that %s came back", async (_, body, message) => {
    const verdict = await judgeOne(`function solve(xs) { ${body} }`, 1);
    expect(verdict).toMatchObject({ verdict: "failed", message });
    expect(verdict).not.toHaveProperty("got");
  });

  it.each([
    ["-0 for 0", "return -0", 0],
    ["keys in another order", "return { b: 2, a: 1 }", { a: 1, b: 2 }],
    ["an object without prototype", "return Object.assign(Object.create(null), { a: 1 })", { a: 1 }],
    ["a __proto__ key", "return JSON.parse('{\"__proto__\": 1}')", JSON.parse('{"__proto__": 1}')],
    ["text of every kind", "return 'a\\u2028\\ud800\\n\\'\"</script>'", "a\u2028\ud800\n'\"</script>"],
    ["a large exact integer", "return 2 ** 53 - 1", 2 ** 53 - 1],
    ["a thenable", "return { then: (f) => f(7) }", 7],
    ["a value used twice", "const a = [1]; return [a, a]", [[1], [1]]],
  ])("accepts %s", async (_, body, expected) => {
    expect(await judgeOne(`function solve(xs) { ${body} }`, expected)).toMatchObject({ verdict: "passed" });
  });

  it("gives every test its own copy of the input", async () => {
    const input = [3, 1, 2];
    const verdicts = await judge(
      "const seen = []; function solve(xs) { xs.push(9); seen.push(xs); return xs.length; }",
      [
        [input, 4],
        [input, 4],
      ],
    );
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(["passed", "passed"]);
    expect(input).toEqual([3, 1, 2]);
  });
});

describe("limits", () => {
  it.each([
    ["an endless loop", "function solve() { for (;;); }"],
    ["endless microtasks", "async function solve() { for (;;) await null; }"],
    ["a promise that never settles", "function solve() { return new Promise(() => {}); }"],
    ["endless timers", "function solve() { return new Promise(() => setInterval(() => {}, 0)); }"],
    ["a loop at load", "for (;;); function solve() {}"],
  ])("stops %s", async (_, code) => {
    const [verdict] = await judge(code, [[1, 1]], LOOP_MS);
    expect(verdict).toMatchObject({ verdict: "timeout", message: "It was stopped after 300 ms." });
    expect(verdict?.ms).toBeGreaterThanOrEqual(LOOP_MS - 1);
    expect(await judgeOne("function solve(xs) { return xs.length; }", 3)).toMatchObject({ verdict: "passed" });
  });

  it("judges the tests after one that looped, and gives up at the second", async () => {
    const code = "function solve(x) { while (x < 0); return x; }";
    const verdicts = await judge(
      code,
      [
        [1, 1],
        [-1, 1],
        [2, 2],
        [-1, 1],
        [3, 3],
      ],
      MIXED_MS,
    );
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(["passed", "timeout", "passed", "timeout", "timeout"]);
    expect(verdicts[4]).toMatchObject({
      ms: 0,
      message: "Not run, because of tests before it: It was stopped after 3000 ms.",
    });
  });

  it.each([
    ["a long text", "return 'x'.repeat(2e6)"],
    ["a long list", "return new Array(3e5).fill(12345)"],
    ["one list many times over", "let a = [1]; for (let i = 0; i < 40; i++) a = [a, a]; return a"],
    ["a printed flood", "for (;;) console.log('x'.repeat(1000))"],
  ])("caps %s", async (_, body) => {
    expect(await judgeOne(`function solve() { ${body} }`, 1)).toMatchObject({ verdict: "output-limit" });
  });

  it("calls a failed allocation by its name", async () => {
    expect(
      await judgeOne("function solve() { const kept = []; for (;;) kept.push(new ArrayBuffer(2 ** 32)); }", 1),
    ).toMatchObject({
      verdict: "memory",
    });
  });

  it("ends a judgement that was aborted, and judges on", async () => {
    const controller = new AbortController();
    const tests = [{ input: [], expected: 1 }];
    const request = {
      language: "javascript",
      code: "function solve() { for (;;); }",
      entryPoint: "solve",
      tests,
    } as const;
    const judged = runner.judge(request, controller.signal);
    setTimeout(() => controller.abort(), 100);
    await expect(judged).rejects.toMatchObject({ name: "AbortError" });
    expect(await judgeOne("const solve = () => 1", 1)).toMatchObject({ verdict: "passed" });
  });

  it("judges many programs at once, each by itself", async () => {
    const programs = Array.from({ length: 24 }, (_, i) => judgeOne(`const solve = () => ${i}`, i));
    const verdicts = await Promise.all(programs);
    expect(verdicts.every((one) => one?.verdict === "passed")).toBe(true);
  });
});
