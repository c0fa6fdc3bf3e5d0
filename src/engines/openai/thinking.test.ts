import { describe, expect, it } from "vitest";
import { createOpenAiModel } from "./model";

/** A server whose model thinks before it answers, unless the template is told not to and `canBeOff`. */
async function thinker(style: "apart" | "tags", canBeOff: boolean) {
  const bodies: Record<string, unknown>[] = [];
  const fetch: typeof globalThis.fetch = async (_, init) => {
    if (init?.method !== "POST") return Response.json({ data: [] });
    const body = JSON.parse(String(init.body)) as Record<string, unknown>;
    bodies.push(body);
    const isQuiet = canBeOff && body.chat_template_kwargs !== undefined;
    const thought =
      style === "apart" ? { content: "x", reasoning_content: "Hm" } : { content: "<think>\nHm\n</think>\nx" };
    const message = isQuiet ? { content: "x" } : thought;
    return Response.json({ choices: [{ index: 0, message, finish_reason: "stop" }] });
  };
  const model = await createOpenAiModel({ baseUrl: "http://localhost/v1", model: "m", fetch });
  const sampling = { temperature: 1, topK: 0, topP: 1, seed: 1, count: 1 };
  const ask = () =>
    model.sample([{ ...sampling, prompt: [{ role: "user", content: "Go" }], stop: ["### END"], maxTokens: 50 }]);
  return { ask, bodies };
}

describe("a model that thinks", () => {
  it("is told not to where the server can have that", async () => {
    const { ask, bodies } = await thinker("apart", true);
    await ask();
    expect(bodies.at(-1)).toMatchObject({
      max_tokens: 50,
      stop: ["### END"],
      chat_template_kwargs: { enable_thinking: false },
    });
  });

  it.each(["apart", "tags"] as const)(
    "gets room of its own where it cannot, and no stop word ends its thoughts (%s)",
    async (style) => {
      const { ask, bodies } = await thinker(style, false);
      const [result] = await ask();
      expect(bodies.at(-1)).toMatchObject({ max_tokens: 50 + 4096 });
      expect(bodies.at(-1)).not.toHaveProperty("stop");
      expect(bodies.at(-1)).not.toHaveProperty("chat_template_kwargs");
      expect(result?.completions[0]?.thoughtTokens).toBeGreaterThan(0);
    },
  );
});
