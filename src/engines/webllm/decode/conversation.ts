import type { ChatMessage } from "../../../core/protocol/protocol";

/** One message in the engine's cache, in all the forms in which the search may repeat it. */
interface CachedTurn {
  readonly role: ChatMessage["role"];
  /** As it lies in the cache; only this text continues it. */
  readonly content: string;
  readonly alsoWritten: readonly string[];
}

/** How a prompt is to be put to the engine. */
export interface PromptPlan {
  readonly messages: readonly ChatMessage[];
  /** Tokens that the engine need not prefill; 0 when it starts anew. */
  readonly cachedTokens: number;
}

/** What an answer left in the engine. */
export interface EngineTurn {
  /** The prompt as the engine was given it. */
  readonly messages: readonly ChatMessage[];
  /** The reply as the engine keeps it: without the stop marker. */
  readonly reply: string;
  /** The reply with the marker that ended it. */
  readonly text: string;
  readonly finish: "stop" | "length" | "abort";
  /** Tokens of prompt and reply in the cache. */
  readonly cachedTokens: number;
}

/**
 * What WebLLM's KV cache holds. The engine keeps one conversation, and goes on with it only if a request's messages
 * before the last are exactly the messages it holds, its own reply included, and that reply ended at a stop (0.2.86:
 * `preparePrefillInput` and `compareConversationObject`). A reply that the search repeats with other blank lines, or
 * with its stop marker, is therefore put back to what the engine wrote.
 *
 * A conversation that goes on is not, token by token, the one that a fresh prefill makes: the last token of the reply
 * (the end of the stop marker) and the template's end of turn are missing from the cache, as the package has it. So
 * what a request gets depends on what came before it; a whole run can still be repeated, because its first prompt has
 * no history and starts the engine anew.
 */
export class EngineConversation {
  #turns: readonly CachedTurn[] = [];
  #cachedTokens = 0;

  plan(prompt: readonly ChatMessage[]): PromptPlan {
    const turns = this.#turns;
    // Without any history the engine always starts anew.
    const continues =
      turns.length > 0 &&
      prompt.length === turns.length + 1 &&
      turns.every((turn, i) => prompt[i]?.role === turn.role && isSame(turn, prompt[i].content));
    if (!continues) return { messages: prompt, cachedTokens: 0 };
    const cached = turns.map(({ role, content }): ChatMessage => ({ role, content }));
    return { messages: [...cached, ...prompt.slice(turns.length)], cachedTokens: this.#cachedTokens };
  }

  /** Takes in what the engine did. */
  note({ messages, reply, text, finish, cachedTokens }: EngineTurn): void {
    if (finish !== "stop") {
      this.forget();
      return;
    }
    const known = this.#turns;
    const history = messages.map((message, i): CachedTurn => {
      const turn = known[i];
      return turn?.role === message.role && turn.content === message.content ? turn : { ...message, alsoWritten: [] };
    });
    this.#turns = [...history, { role: "assistant", content: reply, alsoWritten: [text] }];
    this.#cachedTokens = cachedTokens;
  }

  /** After anything that leaves the engine in doubt. */
  forget(): void {
    this.#turns = [];
    this.#cachedTokens = 0;
  }
}

function isSame({ role, content, alsoWritten }: CachedTurn, written: string): boolean {
  if (written === content) return true;
  return role === "assistant" && [content, ...alsoWritten].some((form) => tidy(form) === tidy(written));
}

/**
 * Without what reading a step and writing it again may change: blank lines, and white space at the ends of lines.
 * Indents stay.
 */
function tidy(text: string): string {
  return text
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{2,}/g, "\n")
    .trim();
}
