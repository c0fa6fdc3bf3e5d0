/** A fence with nothing behind it, or a rule: what remains of a frame around the answer. */
const LEFTOVER_END = /(?:^|\n)[ \t]*(?:`{3,}|~{3,}|-{3,}|#{1,6}|\*{3,})[ \t]*$/;

const LEFTOVER_START = /^[ \t]*(?:-{3,}|#{1,6}|\*{3,})[ \t]*(?:\n|$)/;

const countFences = (text: string) => text.match(/^[ \t]*(?:`{3,}|~{3,})/gm)?.length ?? 0;

/** A pseudocode step's text: trimmed, without rules above and below it, and without a fence at its end that closes nothing. */
export function tidyPseudocode(content: string): string {
  let text = content.trimEnd().replace(/^(?:[ \t]*\n)+/, "");
  for (;;) {
    const isClosing = /(?:`{3,}|~{3,})[ \t]*$/.test(text) && countFences(text) % 2 === 0;
    const shorter = text
      .replace(LEFTOVER_START, "")
      .replace(isClosing ? /$^/ : LEFTOVER_END, "")
      .trimEnd();
    if (shorter === text) return text.trim();
    text = shorter;
  }
}
