import { describe, expect, it } from "vitest";
import type { Problem } from "../../../core/problem";
import { chatProtocol } from "../../../core/protocol/chat/protocol";
import { EngineConversation } from "./conversation";

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
    const conversation = new EngineConversation();
    const text = `${reply}### END`;
    conversation.note({ messages: root, reply, text, finish: "stop", cachedTokens: 100 });
    return conversation;
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
      const plan = replied(reply).plan(prompt);
      expect(plan).toEqual({ messages: prompt, cachedTokens: 0 });
    }
  });

  it("ends with a reply that was cut short", () => {
    const conversation = new EngineConversation();
    conversation.note({ messages: root, reply: "### DEF", text: "### DEF", finish: "length", cachedTokens: 9 });
    const next = [...root, { role: "assistant", content: "### DEF" }, { role: "user", content: "go on" }] as const;
    expect(conversation.plan(next).cachedTokens).toBe(0);
  });
});
