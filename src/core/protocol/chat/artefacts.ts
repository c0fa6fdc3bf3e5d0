/** A completion without what is no part of the model's answer. */
export interface Answer {
  /** The completion, with each character that is no part of the answer replaced by {@link MASK}, so that offsets stay. */
  readonly masked: string;
  /** Whether the model ended its turn itself, whatever the engine says of it. */
  readonly ended: boolean;
  /** Whether the completion breaks off inside a thought: the answer has not begun. */
  readonly thinking: boolean;
}

/** Stands for a character that was masked. */
const MASK = "\u0000";

const mask = (text: string) => MASK.repeat(text.length);

/** How many characters of a text are thoughts, the marks around them included. */
export function thoughtLength(text: string): number {
  const { thoughtless } = withoutThoughts(text);
  return thoughtless.length - unmasked(thoughtless).length;
}

/** A masked text, or a part of one, without its masks. */
export function unmasked(text: string): string {
  return text.includes(MASK) ? text.replaceAll(MASK, "") : text;
}

/** Masks what is no part of the answer: a reasoning model's thoughts, tokens of the chat template, turns that nobody took, carriage returns. */
export function answerIn(text: string): Answer {
  const { thoughtless, thinking } = withoutThoughts(text);
  const opened = thoughtless.replace(TURN_OPENING, mask);
  const end = END_OF_TURN.exec(opened);
  const answer = end === null ? opened : opened.slice(0, end.index) + mask(opened.slice(end.index));
  return { masked: answer.replace(/\r(?=\n|$)/g, mask), ended: end !== null, thinking };
}

/** What a model said: a text without its thoughts and the chat template's tokens. */
export function saidIn(text: string): string {
  return unmasked(answerIn(text).masked);
}

/** What the tags around thoughts are called, from DeepSeek and Qwen to Seed (`<seed:think>`) and prompts that ask for thoughts. */
const NAME = "(?:\\w+:)?(?:think(?:ing)?|thoughts?|reasoning|reflection|scratchpad|analysis)";

/**
 * A thought that opens at the start of a line. Tags; Mistral's `[THINK]`; Kimi's triangles; tokens that say begin and end; the channels of
 * gpt-oss (harmony) but the final one, also without their special tokens. An unclosed one holds all that follows.
 */
const THOUGHTS: readonly RegExp[] = [
  new RegExp(`^[ \\t]*<(${NAME})>[\\s\\S]*?(?:<\\/\\1>|(?![\\s\\S]))`, "gim"),
  /^[ \t]*\[THINK\][\s\S]*?(?:\[\/THINK\]|(?![\s\S]))/gm,
  /^[ \t]*◁think▷[\s\S]*?(?:◁\/think▷|(?![\s\S]))/gm,
  /<\|(?:begin_of_thought|START_THINKING|think)\|>[\s\S]*?(?:<\|(?:end_of_thought|END_THINKING|\/think)\|>|(?![\s\S]))/g,
  /<unused94>[\s\S]*?(?:<unused95>|(?![\s\S]))/g,
  /<details type="reasoning"[^>\n]{0,80}>[\s\S]*?(?:<\/details>|(?![\s\S]))/g,
  /<\|channel\|>\s{0,3}(?:analysis|commentary)\b[\s\S]*?(?:<\|end\|>(?:<\|start\|>assistant)?|(?=<\|channel\|>\s{0,3}final)|(?![\s\S]))/g,
  /^\s{0,3}analysis(?=[A-Z])[\s\S]*?(?:assistant\s?final|(?![\s\S]))/g,
];

/** What closes each kind of thought. */
const CLOSED = new RegExp(
  `(?:<\\/${NAME}>|\\[\\/THINK\\]|◁\\/think▷|<\\|(?:end_of_thought|END_THINKING|\\/think|end)\\|>(?:<\\|start\\|>assistant)?|<unused95>|<\\/details>|assistant\\s?final)$`,
  "i",
);

/** A lone closing mark, which begins or ends its line, ends a thought that the chat template opened. */
const LONE_END = new RegExp(
  `^[ \\t]*(?:<\\/${NAME}>|\\[\\/THINK\\]|◁\\/think▷)|(?:<\\/${NAME}>|\\[\\/THINK\\]|◁\\/think▷)(?=[ \\t]*$)`,
  "gim",
);

/** A text with its thoughts masked, so that offsets stay, and whether it breaks off inside one. */
export function withoutThoughts(text: string): { readonly thoughtless: string; readonly thinking: boolean } {
  let thinking = false;
  let thoughtless = text;
  for (const thought of THOUGHTS) {
    thoughtless = thoughtless.replace(thought, (found: string, ...rest: readonly unknown[]) => {
      const at = rest.find((value) => typeof value === "number") ?? 0;
      thinking ||= at + found.length === text.length && !CLOSED.test(found.slice(-60));
      return mask(found);
    });
  }
  const lone = [...thoughtless.matchAll(LONE_END)].at(-1);
  const from = lone === undefined ? 0 : lone.index + lone[0].length;
  return { thoughtless: mask(thoughtless.slice(0, from)) + thoughtless.slice(from), thinking };
}

/**
 * What closes a turn: tokens of a chat template, and the words by which a model without one lets the next turn begin. Whatever follows was
 * said by nobody.
 */
const END_OF_TURN = new RegExp(
  [
    "<\\|(?:im_end|endoftext|eot_id|eom_id|end_of_text|end_of_turn|end|EOT|return|user|END_RESPONSE|end_of_solution)\\|>",
    "<end_of_turn>|<｜(?:end▁of▁sentence|User)｜>|<\\/s>\\s*$",
    "^(?:User|Human|USER|HUMAN|\\[\\|Human\\|\\])[ \\t]?:",
    "^#{2,4}[ \\t]?(?:Instructions?|User|Human|Question)\\b[ \\t]?:?[ \\t]*$",
    "^[ \\t]*\\[\\/?INST\\]",
    "^<<SYS>>",
  ].join("|"),
  "m",
);

/** What opens the model's own turn, with the role it announces, and marks around its answer. */
const TURN_OPENING =
  /<\|im_start\|>(?:assistant)?|<\|start_header_id\|>\w*<\|end_header_id\|>|<\|(?:begin_of_text|assistant|begin_of_solution|START_RESPONSE)\|>|(?:<\|start\|>assistant)?<\|channel\|>\s{0,3}final<\|message\|>|<\|start\|>assistant|<\|message\|>|<start_of_turn>(?:model)?|<｜Assistant｜>|^\s*<s>|^\s*(?:#{2,4} ?(?:Response|Assistant)|Assistant|ASSISTANT) ?:|^\s*\[\/INST\]/g;
