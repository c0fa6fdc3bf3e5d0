import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../core/problem";
import type { ChatMessage, Completion } from "../core/protocol/protocol";
import type { Step } from "../core/step";
import { problemOf } from "./problem";

/** A conversation that an endpoint really had: what it was asked, and what it said. */
export interface RealConversation {
  /** Which file and line it stands in, counted from 0: `B 4`. */
  readonly name: string;
  readonly messages: readonly ChatMessage[];
  readonly maxTokens: number;
  readonly stop: readonly string[];
  /** What was asked for: the next step, the rest of the path, test cases, or only whether somebody is there. */
  readonly wish: "step" | "path" | "tests" | "greeting";
  readonly answers: readonly RealAnswer[];
}

/** One completion. */
export interface RealAnswer {
  readonly content: string;
  /** Thoughts that came apart from it; empty where none did. */
  readonly reasoning: string;
}

interface Line {
  readonly request: {
    readonly messages: readonly ChatMessage[];
    readonly max_tokens: number;
    readonly stop: readonly string[];
  };
  readonly answer: {
    readonly content: string | readonly string[];
    readonly reasoning_content?: string | readonly string[];
  };
}

/** The conversations of `answers/*.jsonl` where `LAB_CASES`, shared/cases or ../shared/cases has them; else says that they are skipped. */
export function realConversations(): readonly RealConversation[] {
  const roots = [process.env.LAB_CASES, "shared/cases", "../shared/cases"].filter((root) => root !== undefined);
  const folder = roots.map((root) => join(root, "answers")).find((path) => existsSync(path));
  if (folder === undefined) {
    process.stderr.write("SKIPPED: there are no real answers; set LAB_CASES to a folder that has answers/.\n");
    return [];
  }
  const files = readdirSync(folder).filter((name) => name.endsWith(".jsonl"));
  return files.sort().flatMap((file) => {
    const lines = readFileSync(join(folder, file), "utf8").trim().split("\n");
    return lines.map((line, index) =>
      conversationOf(`${file.replace(".jsonl", "")} ${index}`, JSON.parse(line) as Line),
    );
  });
}

function conversationOf(name: string, { request, answer }: Line): RealConversation {
  const thoughts = [answer.reasoning_content ?? []].flat();
  return {
    name,
    messages: request.messages,
    maxTokens: request.max_tokens,
    stop: request.stop,
    wish: wishOf(request),
    answers: [answer.content].flat().map((content, index) => ({ content, reasoning: thoughts[index] ?? "" })),
  };
}

function wishOf({ messages, stop }: Line["request"]): RealConversation["wish"] {
  if (messages[0]?.role !== "system") return "greeting";
  if (messages[0].content.includes("test cases")) return "tests";
  return stop.includes("### DONE") ? "path" : "step";
}

/** The problem that a conversation is about, as far as its words tell. */
export function problemIn({ messages }: RealConversation): Problem {
  const said = messages.find(({ role }) => role === "user")?.content ?? "";
  const entryPoint = /must define (\w+)/.exec(said)?.[1] ?? "f";
  const visibleTests = (said.match(/^assert .*\)\s*==.*"$/gm) ?? []).slice(0, 1).map((assertion) => ({ assertion }));
  return problemOf({
    statement: /^Problem: (.*)$/m.exec(said)?.[1] ?? "",
    language: "python",
    entryPoint,
    visibleTests,
  });
}

/** The steps that a conversation's answers are to follow. */
export function prefixIn({ messages }: RealConversation): readonly Step[] {
  const turns = messages.filter(({ role }) => role === "assistant");
  return turns.map(({ content }, index) => ({
    kind: index === 0 ? "define" : "refine",
    text: content.replace(/^### \w+\n/, "").replace(/\n### END$/, ""),
  }));
}

/** A completion of a text without tokens, as of a server that tells none. */
export function completionOf({ content, reasoning }: RealAnswer): Completion {
  const thoughtTokens = Math.ceil(reasoning.length / 4);
  return {
    text: content,
    tokens: Math.ceil(content.length / 4) + thoughtTokens,
    ...(thoughtTokens > 0 ? { thoughtTokens } : {}),
    logProbs: [],
    pieces: [],
    finish: "stop",
  };
}
