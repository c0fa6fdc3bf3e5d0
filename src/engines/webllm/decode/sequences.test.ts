import { describe, expect, it } from "vitest";
import type { Problem } from "../../../core/problem";
import { chatProtocol } from "../../../core/protocol/chat/read";
import { SequenceCache } from "./sequences";

const PROBLEM: Problem = {
  id: "double",
  title: "Double",
  statement: "Return twice the number.",
  language: "python",
  entryPoint: "double",
  visibleTests: [],
};

describe("a conversation in the cache", () => {
  const root = chatProtocol.policyPrompt(PROBLEM, [], "step");
  if (typeof root === "string") throw new Error("The chat protocol speaks in messages");
  const replied = (reply: string) => {
    const cache = new SequenceCache(1);
    const { sequence, messages } = cache.plan(root);
    sequence.note({ messages, reply, text: `${reply}### END`, finish: "stop", cachedTokens: 100 });
    return cache;
  };

  it("goes on with a step that the search has read and written again, in the engine's own words", () => {
    for (const reply of [
      "### DEFINE\nread n\nreturn 2 n\n",
      "\n### DEFINE\n\nread n  \nreturn 2 n\n\n",
      " ### DEFINE\nread n\nreturn 2 n\t\n",
    ]) {
      const prompt = chatProtocol.policyPrompt(PROBLEM, [{ kind: "define", text: "read n\nreturn 2 n" }], "step");
      if (typeof prompt === "string") throw new Error("The chat protocol speaks in messages");
      const plan = replied(reply).plan(prompt);
      expect(plan.cachedTokens).toBe(100);
      expect(plan.messages.at(-2)).toEqual({ role: "assistant", content: reply });
      expect(plan.messages.at(-1)).toEqual(prompt.at(-1));
    }
  });

  it("does not go on with another step, another indent, another problem or a longer path", () => {
    const reply = "### DEFINE\nread n\n  return 2 n\n";
    const steps = (text: string) => chatProtocol.policyPrompt(PROBLEM, [{ kind: "define", text }], "step");
    const other = chatProtocol.policyPrompt({ ...PROBLEM, statement: "Return half." }, [], "step");
    const longer = chatProtocol.policyPrompt(
      PROBLEM,
      [
        { kind: "define", text: "read n\n  return 2 n" },
        { kind: "refine", text: "two times n" },
      ],
      "step",
    );
    for (const prompt of [steps("read n\nreturn 2 n"), steps("something else"), other, longer, root]) {
      if (typeof prompt === "string") throw new Error("The chat protocol speaks in messages");
      const cache = replied(reply);
      expect(cache.holds(prompt)).toBe(false);
      expect(cache.plan(prompt)).toMatchObject({ messages: prompt, cachedTokens: 0 });
    }
  });

  it("ends with a reply that was cut short", () => {
    const cache = new SequenceCache(1);
    const { sequence, messages } = cache.plan(root);
    sequence.note({ messages, reply: "### DEF", text: "### DEF", finish: "length", cachedTokens: 9 });
    const next = [...root, { role: "assistant", content: "### DEF" }, { role: "user", content: "go on" }] as const;
    expect(cache.plan(next).cachedTokens).toBe(0);
  });
});

describe("several conversations in the cache", () => {
  const start = (content: string) => [{ role: "user", content }] as const;
  const on = (content: string) =>
    [...start(content), { role: "assistant", content: `re ${content}` }, { role: "user", content: "on" }] as const;
  const answer = (cache: SequenceCache, content: string) => {
    const { sequence, messages } = cache.plan(start(content));
    const reply = `re ${content}`;
    sequence.note({ messages, reply, text: reply, finish: "stop", cachedTokens: content.length });
    return sequence;
  };

  it("go on side by side, each on its own sequence", () => {
    const cache = new SequenceCache(2);
    const sequences = [answer(cache, "a"), answer(cache, "bb")];
    expect(sequences[0]).not.toBe(sequences[1]);
    expect(cache.plan(on("a"))).toMatchObject({ sequence: sequences[0], cachedTokens: 1 });
    expect(cache.plan(on("bb"))).toMatchObject({ sequence: sequences[1], cachedTokens: 2 });
  });

  it("give up the one that was not used for longest when another comes", () => {
    const cache = new SequenceCache(2);
    answer(cache, "a");
    answer(cache, "b");
    cache.plan(on("a"));
    answer(cache, "c");
    expect([on("a"), on("b"), on("c")].map((prompt) => cache.holds(prompt))).toEqual([true, false, true]);
  });
});
