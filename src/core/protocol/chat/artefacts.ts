/** Stands for a character that was masked: texts keep their length, so that offsets stay those of the completion. */
const MASK = "\u0000";

/** What reasoning models say to themselves. An unclosed one holds all that follows; a lone closing tag ends one that the chat template opened. */
const THOUGHTS = [
  /<(think|thinking|thought|reasoning)>[\s\S]*?(?:<\/\1>|$)/gi,
  /^[\s\S]*<\/(?:think|thinking|thought|reasoning)>/i,
];

/** Tokens of a chat template that close a turn: whatever follows was said by nobody. */
const END_OF_TURN =
  /<\|(?:im_end|endoftext|eot_id|end_of_text|end|EOT)\|>|<end_of_turn>|<｜end▁of▁sentence｜>|<\/s>\s*$/;

/** Other tokens of a chat template, with the role they announce. */
const TURN_OPENING =
  /<\|im_start\|>(?:assistant)?|<\|start_header_id\|>\w*<\|end_header_id\|>|<\|(?:begin_of_text|assistant)\|>|<start_of_turn>(?:model)?|^\s*<s>/g;

const mask = (text: string) => MASK.repeat(text.length);

/**
 * Masks what is no part of the answer: a reasoning model's thoughts, tokens of the chat template, carriage returns. The text keeps
 * its length; `unmasked` takes the masks out.
 */
export function maskArtefacts(text: string): { readonly text: string; readonly endOfTurn: boolean } {
  const opened = THOUGHTS.reduce((rest, thought) => rest.replace(thought, mask), text).replace(TURN_OPENING, mask);
  const end = END_OF_TURN.exec(opened);
  const answer = end === null ? opened : opened.slice(0, end.index) + mask(opened.slice(end.index));
  return { text: answer.replace(/\r(?=\n|$)/g, mask), endOfTurn: end !== null };
}

/** A masked text, or a part of one, without its masks. */
export function unmasked(text: string): string {
  return text.replaceAll(MASK, "");
}
