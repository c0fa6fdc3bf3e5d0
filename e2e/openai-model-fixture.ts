import { afterEach } from "vitest";
import type { SampleRequest } from "../src/core/protocol/protocol";
import type { RetryClock } from "../src/engines/openai/endpoint";
import { createOpenAiModel, type OpenAiOptions } from "../src/engines/openai/model";
import { type OpenAiServer, type OpenAiServerOptions, startOpenAiServer } from "./openai-server";

const servers: OpenAiServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

/** Does not wait, but notes how long it was told to. */
function hastyClock() {
  const waits: number[] = [];
  const clock: RetryClock = {
    random: () => 0.5,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      waits.push(ms);
    },
  };
  return { clock, waits };
}

/** A server that is closed after the test, and how to open its model with a clock that never waits. */
export async function start(options: Partial<OpenAiServerOptions> = {}) {
  const server = await startOpenAiServer({ script: (_, index) => `Step ${index} here\n### END and more`, ...options });
  servers.push(server);
  const { clock, waits } = hastyClock();
  const open = (change: Partial<OpenAiOptions> = {}) =>
    createOpenAiModel({ baseUrl: server.baseUrl, model: "scripted", clock, ...change });
  return { server, open, waits };
}

/** A request for one step. */
export function requestWith(change: Partial<SampleRequest> = {}): SampleRequest {
  return {
    prompt: [
      { role: "system", content: "You write code." },
      { role: "user", content: "Double a number." },
    ],
    count: 1,
    stop: ["### END"],
    maxTokens: 64,
    temperature: 0.8,
    topK: 0,
    topP: 0.95,
    seed: 7,
    ...change,
  };
}

/** The code of what a promise rejects with. */
export const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (thrown: { code?: string }) => thrown.code ?? String(thrown),
  );
