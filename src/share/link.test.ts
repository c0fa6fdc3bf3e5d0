import fc from "fast-check";
import { gzipSync, strToU8 } from "fflate";
import { describe, expect, it } from "vitest";
import { LabError } from "../core/errors";
import { TIERS } from "../core/problem";
import { PRESET_NAMES, specFromPreset } from "../experiment/spec/presets";
import type { ProblemRef } from "../experiment/spec/problem-ref";
import type { ExperimentSpec } from "../experiment/spec/spec";
import { decodeHash } from "./decode";
import { encodeSpec } from "./link";

const named: ProblemRef = { source: "named", id: "even-steven" };

const imported: ProblemRef = { source: "imported", collection: "mbpp", id: "mbpp/11" };

const custom: ProblemRef = {
  source: "custom",
  title: "Twice",
  statement: "Return the number doubled.\nNegative ones too: ä, 日本.",
  entryPoint: "solve",
  language: "javascript",
  visibleTests: [{ input: [2], expected: 4 }],
  hiddenTests: [{ input: [-1], expected: -2 }],
};

const specs = fc
  .record({
    preset: fc.constantFrom(...PRESET_NAMES),
    problem: fc.oneof(
      fc.constant(named),
      fc.constant(custom),
      fc.constant(imported),
      fc.record({
        source: fc.constant("generated" as const),
        split: fc.constantFrom("test" as const, "validation" as const),
        tier: fc.constantFrom(...TIERS),
        index: fc.nat(1000),
        seed: fc.nat(3),
      }),
    ),
    seed: fc.nat(2 ** 31 - 1),
    model: fc.constantFrom(
      "tiny",
      "webllm:Qwen2.5-Coder-1.5B-Instruct-q4f16_1-MLC",
      "openai:http://localhost:8000/v1#a/b:7b",
    ),
    numSimulations: fc.integer({ min: 1, max: 10_000 }),
    maxTokens: fc.option(fc.integer({ min: 1, max: 1000 })),
    exploration: fc.double({ min: 0, max: 100, noNaN: true }).map(Math.abs),
    strategy: fc.constantFrom("mcts" as const, "beam" as const, "majority" as const, "best-first" as const),
    stopAtPass: fc.boolean(),
    withoutReplacement: fc.boolean(),
  })
  .map(
    ({ preset, problem, seed, model, numSimulations, maxTokens, exploration, strategy, ...flags }): ExperimentSpec => {
      const spec = specFromPreset(preset, problem, seed, model);
      const { config } = spec;
      const changed = {
        ...config,
        strategy,
        budget: { ...config.budget, numSimulations, maxTokens, stopAtPass: flags.stopAtPass },
        sampling: { ...config.sampling, withoutReplacement: flags.withoutReplacement },
        tree: { ...config.tree, exploration },
      };
      return { ...spec, config: changed };
    },
  );

function failure(hash: string): LabError {
  try {
    decodeHash(hash);
  } catch (error) {
    if (error instanceof LabError) return error;
    throw error;
  }
  throw new Error(`${hash} was read`);
}

const pack = (content: string) =>
  btoa(String.fromCharCode(...gzipSync(strToU8(content), { mtime: 0 }))).replace(/=+$/, "");

describe("the link", () => {
  it("holds the preset, the problem, the seed and only what differs", () => {
    const spec = specFromPreset("mcts-tiny", named, 7);
    const changed = { ...spec, config: { ...spec.config, tree: { ...spec.config.tree, exploration: 2.5 } } };
    expect(encodeSpec(spec)).toBe("#v=2&p=mcts-tiny&problem=even-steven&seed=7");
    expect(encodeSpec(changed)).toBe("#v=2&p=mcts-tiny&problem=even-steven&seed=7&search.tree.exploration=2.5");
  });

  it("names the model, unless it is the tiny one, and an imported problem", () => {
    const spec = specFromPreset("mcts-chat", imported, 7, "openai:http://localhost:8000/v1#coder");
    expect(encodeSpec(spec)).toBe(
      "#v=2&p=mcts-chat&collection=mbpp&problem=mbpp%2F11&model=openai%3Ahttp%3A%2F%2Flocalhost%3A8000%2Fv1%23coder&seed=7",
    );
  });

  it("reads back what was written", () => {
    fc.assert(
      fc.property(specs, fc.option(fc.nat(5000)), fc.option(fc.nat(5000)), (spec, node, event) => {
        expect(decodeHash(encodeSpec(spec, { node, event }))).toEqual({ spec, view: { node, event } });
      }),
    );
  });

  it("says what is on", () => {
    const link = "#v=2&p=mcts-tiny&problem=even-steven&seed=7&search.budget.stopAtPass=true";
    expect(decodeHash(link)?.spec.config.budget.stopAtPass).toBe(true);
    expect(() => decodeHash(link.replace("=true", "=maybe"))).toThrow(
      'search.budget.stopAtPass is "maybe" but must be true or false.',
    );
  });

  it("packs a problem of the user's own, always into the same bytes", () => {
    const link = encodeSpec(specFromPreset("mcts-tiny", custom, 7));
    expect(link).toMatch(/^#v=2&z=[\w-]+$/);
    expect(encodeSpec(specFromPreset("mcts-tiny", custom, 7))).toBe(link);
  });

  it("is null when there is none", () => {
    expect(decodeHash("")).toBeNull();
    expect(decodeHash("#")).toBeNull();
  });
});

describe("frozen links", () => {
  it("reads version 1", () => {
    const shared = decodeHash(
      "#v=1&p=paper&problem.split=test&problem.tier=hinted&problem.index=12&seed=42&search.budget.maxTokens=9000&node=3&event=17",
    );
    expect(shared?.view).toEqual({ node: 3, event: 17 });
    expect(shared?.spec.problem).toEqual({ source: "generated", split: "test", tier: "hinted", index: 12, seed: 0 });
    expect(shared?.spec).toMatchObject({
      preset: "paper",
      seed: 42,
      config: { budget: { numSimulations: 15, maxTokens: 9000 } },
    });
  });

  it("reads what version 1 packed: a problem of the user's own", () => {
    const shared = decodeHash(
      "#v=1&z=H4sIAAAAAAACA2WPS0oDQRCGr9LUeiZgEIQ-hIhkF7PodBeTkukHXdWjYZhzuHGpO2_hXXIOa9yFLP9HfcU_QwEL0Qv3QukMHZSajyNGsDNwbtWj5r6x5KihkIyrsXsjDTpgcYIRk6j3jNJqMnJCk1o8YjUhN0WFzUt6xMEJTWhyQjaSszW_X525fHxfPn82ClJEPT9l-idxHqeVPro0NDesD1_d5NhXKqL-REwK3iELg93PQKk0PdxvD0p6L-gFA9j7ReWJQsB0W-3vrrr9djksugdX8bD8Abc6XgcXAQAA",
    );
    expect(shared?.spec).toEqual(specFromPreset("mcts-tiny", custom, 7));
  });

  it("reads version 2", () => {
    const shared = decodeHash(
      "#v=2&p=mcts-chat&collection=mbpp&problem=mbpp%2F11&model=webllm%3AQwen2.5-Coder-1.5B-Instruct-q4f16_1-MLC&seed=3&search.strategy=beam&search.tree.beamWidth=2&search.testTrust=share",
    );
    expect(shared?.spec).toMatchObject({
      preset: "mcts-chat",
      problem: { source: "imported", collection: "mbpp", id: "mbpp/11" },
      model: "webllm:Qwen2.5-Coder-1.5B-Instruct-q4f16_1-MLC",
      seed: 3,
      config: { strategy: "beam", tree: { beamWidth: 2, maxDepth: 8 }, testTrust: "share" },
    });
  });
});

describe("a link that was mangled on its way", () => {
  const link = "v=2&p=mcts-chat&problem=even-steven&model=openai%3Ahttp%3A%2F%2Fhost%3A80%2Fv1%23a&seed=7&node=3";
  const read = decodeHash(`#${link}`);
  const packed = encodeSpec(specFromPreset("mcts-tiny", custom, 7)).slice(1);

  it.each([".", ",", ")", ").", '"', ">", "\u201d", "!", "...", "%29", "**"])("is read with %s behind it", (behind) => {
    expect(decodeHash(`#${link}${behind}`)).toEqual(read);
    expect(decodeHash(`#${packed}${behind}`)?.spec.problem).toEqual(custom);
  });

  it.each([
    ["with what a campaign adds", `${link}&utm_source=mail&utm_campaign=a%20b&fbclid=x_Y`],
    ["with an entity for each sign", link.replaceAll("&", "&amp;")],
    ["with an entity that was written twice", link.replaceAll("&", "&amp;amp;").replaceAll("amp;amp;", "amp;")],
    ["percent-encoded as a whole", encodeURIComponent(link)],
    ["percent-encoded as a whole, twice", encodeURIComponent(encodeURIComponent(link))],
    ["quoted-printable", link.replaceAll("=", "=3D")],
    [
      "quoted-printable, in lines",
      link.replaceAll("=", "=3D").replace("steven", "ste=%0D%0Aven").replace("seed", "se=ed"),
    ],
    ["in several of these ways", `${link.replaceAll("&", "&amp;")}&amp;utm_source=x).`],
  ])("is read %s", (_, mangled) => {
    expect(decodeHash(`#${mangled}`)).toEqual(read);
  });

  it("is left as it is where it can be read as it is", () => {
    const odd = "#v=2&p=mcts-chat&problem=even-steven&seed=7&model=openai%3Ahttp%3A%2F%2Fhost%2Fv1%23a%26amp;b.";
    expect(decodeHash(odd)?.spec.model).toBe("openai:http://host/v1#a&amp;b.");
  });

  it("is no other than it was where it says too little", () => {
    expect(failure("#v=2&p=mcts-tiny&problem=even-steven&seed=x.").code).toMatch(/^link\//);
    expect(failure("#%3D%E0%A4%A").code).toBe("link/not-a-link");
  });
});

describe("a bad link says what is wrong", () => {
  const good = "#v=2&p=mcts-tiny&problem=even-steven&seed=7";
  it.each([
    [
      "#v=3&p=mcts-tiny",
      "link/unknown-version",
      "The link is of version 3, but the newest that this app reads is version 2.",
    ],
    ["#garbage", "link/not-a-link", "This is not a link of the Lab."],
    ["#v=one", "link/unknown-version", "The link is of version one"],
    ["#p=mcts-tiny&seed=1", "link/unknown-version", "v= is missing"],
    ["#v=2&p=huge&problem=x&seed=1", "link/unknown-preset", 'The link names the preset "huge", which does not exist.'],
    ["#v=2&problem=x&seed=1", "link/unknown-preset", "p= is missing"],
    ["#v=2&p=mcts-tiny&seed=1", "link/missing", "The link names no problem (problem= is missing)."],
    ["#v=2&p=mcts-tiny&problem=x", "link/missing", "seed is missing; it must be a whole number from 0 to 2147483647."],
    [
      `${good}&search.tree.colour=1`,
      "link/unknown-key",
      'The link has a setting "search.tree.colour", which does not exist.',
    ],
    [`${good}&hello=1`, "link/unknown-key", '"hello"'],
    [`${good}&__proto__=1`, "link/unknown-key", '"__proto__"'],
    [`${good}&search.__proto__=1`, "link/unknown-key", '"search.__proto__"'],
    [`${good}&seed=8`, "link/duplicate-key", "The link gives seed twice."],
    [
      `${good}&search.budget.numSimulations=0`,
      "link/out-of-range",
      "search.budget.numSimulations is 0 but must be a whole number from 1 to 10000.",
    ],
    [
      `${good}&search.tree.exploration=lots`,
      "link/out-of-range",
      'search.tree.exploration is "lots" but must be a number from 0 to 100.',
    ],
    [`${good}&search.strategy=12`, "link/out-of-range", 'search.strategy is "12" but must be one of'],
    [`${good}&node=-4`, "link/out-of-range", "node is -4 but must be a whole number from 0."],
    [
      "#v=2&p=mcts-tiny&problem.split=train&problem.tier=hinted&problem.index=1&seed=1",
      "link/out-of-range",
      'problem.split is "train"',
    ],
    [
      `${good}&model=gpt`,
      "link/out-of-range",
      'model is "gpt" but must be tiny, webllm:<model id> or openai:<base URL>#<model>',
    ],
    [`${good}&model=openai:http://me:key@here/v1%23m`, "link/out-of-range", "holds a user name or a password"],
    ["#v=2&p=mcts-chat&collection=mbpp&seed=1", "link/missing", "problem.id is missing"],
    ["#v=2&z=!!!", "link/corrupt", "The packed part of the link (z=) cannot be read."],
    ["#v=2&z=AAAA", "link/corrupt", "cannot be read"],
    [`#v=2&z=${pack("[1]")}`, "link/corrupt", "is not a specification"],
    [`#v=2&z=${pack("not json")}`, "link/corrupt", "cannot be read"],
    [`#v=2&z=${pack(`"${"a".repeat(5_000_000)}"`)}`, "link/corrupt", "cannot be read"],
    [`#v=2&z=${"A".repeat(500_000)}`, "link/too-large", "too long"],
  ])("%.60s", (hash, code, sentence) => {
    const error = failure(hash);
    expect(error.message).toContain(sentence);
    expect(error.code).toBe(code);
  });

  it("or is read, whatever it holds: 4,000 mutated, packed and invented ones", () => {
    const surrogate = fc.constantFrom("\ud800", "a\udc00b", "\u0000", "__proto__", "1e999", "-0", "\ud83d\ude00");
    const key = fc.constantFrom(
      ...["v", "p", "z", "seed", "model", "problem", "collection", "node", "event", "problem.source", "problem.index"],
      ...["search.strategy", "search.tree", "search.tree.exploration", "search.constructor.name", "toString"],
    );
    const value = fc.oneof(fc.jsonValue({ maxDepth: 3 }), surrogate, fc.integer(), fc.constant({ toString: 1 }));
    const flat = fc.dictionary(key, value).map((own) => ({ p: "mcts-tiny", problem: "x", seed: 1, ...own }));
    const hash = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.string().map((text) => `#v=2&p=mcts-tiny&${text}`),
      fc.base64String().map((text) => `#v=2&z=${text}`),
      flat.map((given) => `#v=2&z=${pack(JSON.stringify(given))}`),
      fc.array(fc.tuple(key, surrogate)).map((pairs) => `#v=2&p=paper&problem=x&seed=1&${new URLSearchParams(pairs)}`),
      fc.record({ spec: specs, at: fc.nat(), to: fc.string({ maxLength: 3 }) }).map(({ spec, at, to }) => {
        const link = encodeSpec(spec);
        const cut = at % link.length;
        return link.slice(0, cut) + to + link.slice(cut + 1);
      }),
    );
    let read = 0;
    const check = (given: string) => {
      try {
        const shared = decodeHash(given);
        if (shared === null) return;
        read++;
        expect(decodeHash(encodeSpec(shared.spec, shared.view))).toMatchObject({ view: shared.view });
      } catch (error) {
        if (!(error instanceof LabError)) throw error;
        expect([error.message, error.code]).toEqual([expect.stringMatching(/\S/), expect.stringMatching(/^link\//)]);
      }
    };
    fc.assert(fc.property(hash, check), { seed: 7, numRuns: 4_000 });
    expect(read).toBeGreaterThan(100);
  });

  it("however deep it is, and whatever it would unpack to", () => {
    const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
    for (const depth of [900, 5_000, 1_000_000]) {
      expect(failure(`#v=2&z=${pack(`{"p":${nested(depth)}}`)}`)).toBeInstanceOf(LabError);
    }
    // A gzip bomb that tells the truth about its size, and one that says it is small.
    const bomb = gzipSync(new Uint8Array(50_000_000), { mtime: 0 });
    const lying = bomb.slice();
    new DataView(lying.buffer).setUint32(lying.length - 4, 1_000, true);
    for (const bytes of [bomb, lying]) {
      expect(failure(`#v=2&z=${btoa(String.fromCharCode(...bytes)).replace(/=+$/, "")}`).code).toBe("link/corrupt");
    }
  });

  it("refuses a packed value cut anywhere", () => {
    const link = encodeSpec(specFromPreset("mcts-tiny", custom, 7));
    for (let end = "#v=2&z=".length + 1; end < link.length; end += 7) {
      expect(failure(link.slice(0, end)).code).toBe("link/corrupt");
    }
  });
});
