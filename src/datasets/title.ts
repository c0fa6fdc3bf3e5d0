const LONGEST = 72;

/** A short title made of the first sentence of a statement. */
export function titleOf(statement: string): string {
  const line = statement
    .split("\n")
    .map((each) => each.replaceAll(/[#*`_$]|^\s*[-=]+\s*$/g, "").trim())
    .find((each) => each.length > 3);
  const sentence = (line ?? "Untitled").split(/(?<=[a-z)\]])[.?!:](?:\s|$)/)[0] ?? "";
  return capitalised(
    shortened(sentence.replace(/^(?:please\s+)?write\s+a\s+(?:python\s+)?function\s+(?:to\s+|that\s+|which\s+)*/i, "")),
  );
}

/** A name such as `has_close_elements` or `kth-missing` as words. */
export function titleOfName(name: string): string {
  return capitalised(
    name
      .replaceAll(/[_-]+/g, " ")
      .replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ")
      .trim(),
  );
}

function shortened(sentence: string): string {
  const words = sentence.trim().replace(/\.$/, "");
  if (words.length <= LONGEST) return words;
  const cut = words.slice(0, LONGEST);
  return `${cut.slice(0, Math.max(cut.lastIndexOf(" "), LONGEST / 2)).replace(/[\s,;]+$/, "")} ...`;
}

function capitalised(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}
