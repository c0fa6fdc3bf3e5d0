import { afterAll, describe, expect, it } from "vitest";
import { createFrameHost } from "../../frame/realm-host";
import { JavaScriptRunner } from "./javascript-runner";

/*
 * One attack per claim of the threat model (javascript-runner.ts). Network and storage are attacked again in
 * e2e/sandbox-network.spec.ts, where a server listens for what gets out; memory in e2e/sandbox-memory.spec.ts.
 */

/** However slow the machine, no program that ends by itself may run out of time. */
const LIMIT_MS = 600_000;
/** For programs that never end. */
const LOOP_MS = 500;

const runner = new JavaScriptRunner(createFrameHost({ baseUrl: `${location.origin}/` }), { timeLimitMs: LIMIT_MS });
afterAll(() => runner.close());

/** The answer of `solve` to `[3, 1, 2]`; the right one would be `[1, 2, 3]`. */
async function attack(code: string, expected: unknown = [1, 2, 3], timeLimitMs = LIMIT_MS) {
  const tests = [{ input: [[3, 1, 2]], expected: expected as never }];
  const [verdict] = await runner.judge({ language: "javascript", code, entryPoint: "solve", tests, timeLimitMs });
  return verdict;
}

/** Asks a program a yes-or-no question about its surroundings. */
async function finds(expression: string): Promise<unknown> {
  return (await attack(`const solve = () => { try { return ${expression}; } catch (e) { return String(e); } };`))?.got;
}

const innocent = "function solve(xs) { return xs.toSorted((a, b) => a - b); }";

describe("claim 3: no verdict is forged", () => {
  it.each([
    ["an array that is always equal", "const a = [0, 0, 0]; a[Symbol.toPrimitive] = () => '1,2,3'; return a"],
    ["an object with valueOf and toString", "return { valueOf: () => [1, 2, 3], toString: () => '1,2,3' }"],
    ["toJSON on the result", "return { toJSON: () => [1, 2, 3] }"],
    ["toJSON on the result's class", "class A extends Array { toJSON() { return [1, 2, 3]; } } return A.from([0])"],
    ["toJSON on Array.prototype", "Array.prototype.toJSON = () => [1, 2, 3]; return [0]"],
    ["toJSON on Object.prototype", "Object.prototype.toJSON = () => [1, 2, 3]; return {}"],
    ["toJSON on Number.prototype", "Number.prototype.toJSON = () => 1; return [0, 2, 3]"],
    [
      "a getter as an item",
      "const a = [1, 2]; Object.defineProperty(a, 2, { get: () => 3, enumerable: true }); return a",
    ],
    ["a Proxy of a list", "return new Proxy([1, 2, 3], {})"],
    ["a Proxy that answers every question", "return new Proxy([], { get: (_, k) => (k === 'length' ? 3 : +k + 1) })"],
    ["a Proxy inside", "return [1, 2, new Proxy({}, { getPrototypeOf: () => Number.prototype })]"],
    ["a subclass of Array", "return class extends Array {}.from([1, 2, 3])"],
    ["a list whose prototype was changed", "return Object.setPrototypeOf([1, 2, 3], { __proto__: Array.prototype })"],
    ["an array-like object", "return { 0: 1, 1: 2, 2: 3, length: 3 }"],
    ["values on the prototype", "Object.assign(Array.prototype, [1, 2, 3]); return [, , ,]"],
    ["a hidden property", "return Object.defineProperty([1, 2, 3], 'x', { value: 1 })"],
    ["a boxed item", "return [1, 2, Object(3)]"],
    ["a text that looks like the answer", "return '[1,2,3]'"],
    ["the wire's own words", "return ['value', [1, 2, 3]]"],
    ["a Symbol.species of its own", "Array[Symbol.species] = class { constructor() { return [1, 2, 3]; } }; return xs"],
  ])("%s fails", async (_, body) => {
    expect(await attack(`function solve(xs) { ${body} }`)).toMatchObject({ verdict: "failed" });
  });

  it.each([
    ["a throwing object", "throw { get name() { throw 1; }, get message() { throw 2; }, get stack() { throw 3; } }"],
    [
      "an error in the words of a verdict",
      "throw Object.assign(new Error('passed'), { name: 'passed', verdict: 'passed' })",
    ],
    ["a thrown text", 'throw \'{"verdict":"passed"}\''],
    ["a thrown Proxy", "throw new Proxy({}, { get: () => () => 'passed' })"],
    ["a rejected promise", "return Promise.reject([1, 2, 3])"],
    ["a result whose then throws", "return { get then() { throw new Error('x'); } }"],
  ])("%s is an error", async (_, body) => {
    expect(await attack(`function solve(xs) { ${body} }`)).toMatchObject({ verdict: "error" });
  });

  it.each([
    ["JSON", "JSON.stringify = () => '[1,2,3]'; JSON.parse = () => [[1, 2, 3]];"],
    ["Object", "Object.is = () => true; Object.keys = () => []; Object.hasOwn = () => true;"],
    ["Reflect", "Reflect.apply = () => [1, 2, 3]; Reflect.ownKeys = () => []; globalThis.Reflect = {};"],
    ["Array.isArray", "Array.isArray = () => false;"],
    [
      "Array.prototype",
      "for (const k of Object.getOwnPropertyNames(Array.prototype)) try { Array.prototype[k] = () => [1, 2, 3]; } catch {}",
    ],
    ["String.prototype", "String.prototype.slice = () => '[1,2,3]'; String.prototype.indexOf = () => 0;"],
    ["Symbol.iterator", "Array.prototype[Symbol.iterator] = function* () { yield* []; };"],
    [
      "Promise",
      "globalThis.Promise = class { then() {} }; Object.getPrototypeOf((async () => {})()).then = (f) => f([1, 2, 3]);",
    ],
    [
      "Object.prototype with a value",
      "Object.prototype.value = 1; Object.prototype.enumerable = true; Object.prototype.get = () => 1;",
    ],
    ["Error", "globalThis.Error = globalThis.SyntaxError = class { stack = 'x' }; "],
    [
      "structuredClone and timers",
      "globalThis.structuredClone = () => [1, 2, 3]; globalThis.setTimeout = globalThis.eval = () => [1, 2, 3];",
    ],
    [
      "index setters",
      "for (let i = 0; i < 9; i++) Object.defineProperty(Array.prototype, i, { set() { this.length = 0; }, get: () => i + 1 });",
    ],
  ])("replacing %s turns no wrong answer into a right one", async (_, poison) => {
    expect(await attack(`${poison}\nfunction solve(xs) { return xs; }`)).toMatchObject({ verdict: "failed" });
  });

  it("finds no way to speak: no port, no postMessage, no event target, no handler", async () => {
    const names = [
      "postMessage",
      "onmessage",
      "addEventListener",
      "dispatchEvent",
      "MessagePort",
      "MessageChannel",
      "close",
    ];
    const more = [
      "BroadcastChannel",
      "Worker",
      "SharedWorker",
      "EventTarget",
      "MessageEvent",
      "reportError",
      "onerror",
    ];
    for (const name of [...names, ...more]) {
      expect(await finds(`[typeof ${name}, typeof globalThis.${name}, '${name}' in globalThis]`)).toEqual([
        "undefined",
        "undefined",
        false,
      ]);
    }
    expect(await finds("globalThis.constructor.name")).toBe("Object");
  });

  it("a fake message changes nothing", async () => {
    const code = `for (const say of [globalThis.postMessage, self.postMessage]) try { say('R["value",[1,2,3]]'); } catch {}
      globalThis.onmessage = () => [1, 2, 3];
      globalThis.postMessage = () => { throw 1; };
      function solve() { return 0; }`;
    expect(await attack(code)).toMatchObject({ verdict: "failed", got: 0 });
  });

  it("closing its own realm is no way out", async () => {
    expect(await attack("function solve() { self.close(); return [1, 2, 3]; }")).toMatchObject({ verdict: "error" });
  });

  it("stack traces and callers lead to no secret", async () => {
    const stack = await finds("new Error().stack");
    expect(stack).toContain("program.js");
    const callers = "function solve() { return [solve.caller, arguments.callee.caller]; }";
    expect(await attack(callers, [null, null])).toMatchObject({ verdict: "passed" });
    const frames = `Error.prepareStackTrace = (_, sites) => sites;
      function solve() {
        return new Error().stack.map((site) => [typeof site.getThis(), typeof site.getFunction()]);
      }`;
    const verdict = await attack(frames);
    const found = verdict?.got as string[][];
    expect(found.length).toBeGreaterThan(1);
    for (const [self, fn] of found.slice(1)) expect([self, fn]).toEqual(["undefined", "undefined"]);
  });

  it("error hooks see nothing of the realm's own code", async () => {
    const code = `const seen = [];
      Error.prepareStackTrace = (e, sites) => { seen.push(sites.map((s) => String(s.getThis()))); return "x"; };
      Object.defineProperty(Object.prototype, "nonce", { set(v) { seen.push(v); }, get() { return "stolen"; } });
      Function.prototype.call = Function.prototype.apply = Function.prototype.bind = function () { seen.push("called"); };
      function solve() { return seen; }`;
    expect(await attack(code)).toMatchObject({ verdict: "failed", got: [] });
  });

  it("the functions it can reach tell nothing", async () => {
    expect(await finds("/nonce|R\\d/.test(Function.prototype.toString.call(console.log))")).toBe(false);
    expect(await finds("Function.prototype.toString.call(eval)")).toBe("function eval() { [native code] }");
  });

  it("what an earlier call left running answers for no later one", async () => {
    const code = `let n = 0;
      async function solve(xs) {
        if (n++ === 0) { setTimeout(() => { Array.prototype.toSorted = () => "late"; }, 0); return "first"; }
        await new Promise((resolve) => setTimeout(resolve, 20));
        return xs.length;
      }`;
    const tests = [
      { input: [[1]], expected: "first" },
      { input: [[1, 2]], expected: 2 },
    ];
    const verdicts = await runner.judge({ language: "javascript", code, entryPoint: "solve", tests });
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(["passed", "passed"]);
  });

  it("expected values are nowhere in its realm", async () => {
    const code = `const seen = JSON.stringify(Object.getOwnPropertyNames(globalThis));
      function solve(...args) { return seen.includes("expected") || args.length !== 1; }`;
    expect(await attack(code, "a secret")).toMatchObject({ verdict: "failed", got: false });
  });
});

describe("claims 1 and 2: nothing out, nothing in", () => {
  it("has no global that reaches network or storage", async () => {
    const network =
      "fetch XMLHttpRequest WebSocket WebSocketStream WebTransport EventSource Request Response importScripts";
    const storage = "indexedDB caches cookieStore webkitRequestFileSystem FileReader FileReaderSync StorageManager";
    const rest =
      "navigator location URL Blob FontFace fonts createImageBitmap OffscreenCanvas RTCDataChannel Notification";
    const further = "WebAssembly SharedArrayBuffer Atomics scheduler crypto performance trustedTypes origin";
    for (const name of `${network} ${storage} ${rest} ${further}`.split(" ")) {
      expect([name, await finds(`typeof ${name}`)]).toEqual([name, "undefined"]);
    }
  });

  it.each([
    ["the app's own origin", `import("${location.origin}/src/core/errors.ts")`],
    ["a data URL", 'import("data:text/javascript,export const a = 1")'],
    ["its own script", 'import(/blob:[^):]+:?[^):]+/.exec(new Error().stack)?.[0] ?? "blob:null/x")'],
  ])("cannot import from %s", async (_, expression) => {
    const verdict = await attack(`async function solve() { return typeof (await ${expression}); }`);
    expect(verdict).toMatchObject({ verdict: "error" });
  });
});

describe("claim 5: no flood", () => {
  it.each([
    ["uncaught errors", "setInterval(() => { throw new Error('x'.repeat(9999)); }, 0)"],
    ["unhandled rejections", "setInterval(() => { for (let i = 0; i < 99; i++) Promise.reject(new Error('x')); }, 0)"],
    ["messages to itself", "const again = () => { setTimeout(again); setTimeout(again); }; again()"],
  ])("%s disturb nobody", async (_, body) => {
    const loop = attack(`function solve() { ${body}; return new Promise(() => {}); }`, 0, LOOP_MS);
    expect(await attack(innocent)).toMatchObject({ verdict: "passed" });
    expect(await loop).toMatchObject({ verdict: "timeout" });
    expect(await attack(innocent)).toMatchObject({ verdict: "passed" });
  });

  it("printing too much ends the program", async () => {
    expect(await attack("function solve() { for (;;) console.error('x'.repeat(99)); }")).toMatchObject({
      verdict: "output-limit",
    });
  });
});

describe("claim 7: nothing is left for the next program", () => {
  it("a poisoned realm meets nobody", async () => {
    const poison = `Array.prototype.toSorted = Array.prototype.sort = () => [1, 2, 3];
      JSON.parse = () => [[1, 2, 3]]; globalThis.left = 1; Object.freeze(Array.prototype);
      function solve() { return [1, 2, 3]; }`;
    expect(await attack(poison)).toMatchObject({ verdict: "passed" });
    for (let i = 0; i < 6; i++) {
      expect(await attack(innocent)).toMatchObject({ verdict: "passed" });
      expect(await finds("[typeof left, Object.isFrozen(Array.prototype), Array.prototype.toSorted.name]")).toEqual([
        "undefined",
        false,
        "toSorted",
      ]);
    }
  });
});

describe("the page itself", () => {
  it("has an opaque origin even where it is framed without the sandbox attribute", async () => {
    const frame = document.createElement("iframe");
    frame.src = "/sandbox-js.html";
    const loaded = new Promise((resolve) => {
      frame.onload = resolve;
    });
    document.body.append(frame);
    await loaded;
    expect(frame.contentDocument).toBeNull();
    frame.remove();
  });

  it("carries a policy that names its script and nothing else", async () => {
    const response = await fetch("/sandbox-js.html");
    expect(response.headers.get("cross-origin-embedder-policy")).toBe("require-corp");
    const policy = /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(await response.text())?.[1] ?? "";
    expect(policy).toMatch(
      /^default-src 'none'; connect-src 'none'; worker-src blob:; script-src 'sha256-[^']+' 'wasm-unsafe-eval' 'unsafe-eval'; /,
    );
  });
});
