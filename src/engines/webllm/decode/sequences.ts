import type { ChatMessage } from "../../../core/protocol/protocol";

/** How a prompt is to be put to the engine. */
export interface PromptPlan {
  /** The one that the prompt goes on with, or that it replaces. */
  readonly sequence: CachedSequence;
  readonly messages: readonly ChatMessage[];
  /** Tokens that the engine need not prefill; 0 when it starts anew. */
  readonly cachedTokens: number;
}

/** What an answer left in the engine. */
export interface AnsweredPrompt {
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

/** What the engine's KV cache holds: as many growing conversations as it has room for, each a sequence of its own. */
export class SequenceCache {
  /** The one that was not used for longest comes first. */
  readonly #sequences: CachedSequence[];

  /** @param count at least 1. */
  constructor(count: number) {
    this.#sequences = Array.from({ length: count }, () => new CachedSequence());
  }

  /** Whether a prompt goes on with something that is held. */
  holds(prompt: readonly ChatMessage[]): boolean {
    return this.#sequences.some((sequence) => sequence.continuation(prompt) !== null);
  }

  /** How to ask a prompt: on the sequence that it goes on with, else in place of the one that was not used for longest. */
  plan(prompt: readonly ChatMessage[]): PromptPlan {
    const at = this.#sequences.findIndex((each) => each.continuation(prompt) !== null);
    const [sequence] = this.#sequences.splice(Math.max(0, at), 1) as [CachedSequence];
    this.#sequences.push(sequence);
    const messages = sequence.continuation(prompt);
    if (messages === null) return { sequence, messages: prompt, cachedTokens: 0 };
    return { sequence, messages, cachedTokens: sequence.cachedTokens };
  }
}

/** One message in the engine's cache, in all the forms in which the search may repeat it. */
interface CachedMessage {
  readonly role: ChatMessage["role"];
  /** As it lies in the cache; only this text continues it. */
  readonly content: string;
  readonly alsoWritten: readonly string[];
}

/**
 * One conversation in WebLLM's KV cache. The engine goes on with it only if a request's messages before the last are
 * exactly the messages it holds, its own reply included, and that reply ended at a stop (0.2.86: `preparePrefillInput`
 * and `compareConversationObject`). A reply that the search repeats with other blank lines, or with its stop marker, is
 * therefore put back to what the engine wrote.
 *
 * A conversation that goes on is not, token by token, the one that a fresh prefill makes: the last token of the reply
 * (the end of the stop marker) and the template's end of turn are missing from the cache, as the package has it. So
 * what a request gets depends on what came before it; a whole run can still be repeated, because its first prompt has
 * no history and starts the engine anew.
 */
export class CachedSequence {
  #held: readonly CachedMessage[] = [];
  #cachedTokens = 0;

  get cachedTokens(): number {
    return this.#cachedTokens;
  }

  /** A prompt in the words of the cache, when it goes on with what is held by one message; else null. */
  continuation(prompt: readonly ChatMessage[]): readonly ChatMessage[] | null {
    const held = this.#held;
    // Without any history the engine always starts anew.
    const continues =
      held.length > 0 &&
      prompt.length === held.length + 1 &&
      held.every((message, i) => prompt[i]?.role === message.role && isSame(message, prompt[i].content));
    if (!continues) return null;
    return [...held.map(({ role, content }): ChatMessage => ({ role, content })), ...prompt.slice(held.length)];
  }

  /** Takes in what the engine did. */
  note({ messages, reply, text, finish, cachedTokens }: AnsweredPrompt): void {
    if (finish !== "stop") {
      this.forget();
      return;
    }
    const before = this.#held;
    const history = messages.map((message, i): CachedMessage => {
      const held = before[i];
      return held?.role === message.role && held.content === message.content ? held : { ...message, alsoWritten: [] };
    });
    this.#held = [...history, { role: "assistant", content: reply, alsoWritten: [text] }];
    this.#cachedTokens = cachedTokens;
  }

  /** After anything that leaves the engine in doubt. */
  forget(): void {
    this.#held = [];
    this.#cachedTokens = 0;
  }
}

function isSame({ role, content, alsoWritten }: CachedMessage, written: string): boolean {
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
