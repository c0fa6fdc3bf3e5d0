const LONGEST = 72;

/** CodeChef's problems begin with this line. */
const TRANSLATIONS = /^Read problems? statements? in /i;

/** A short title made of the first sentence of a statement. */
export function titleOf(statement: string): string {
  const lines = statement
    .split("\n")
    .map((each) => each.replaceAll(/[#*`_$]|^\s*[-=]+\s*$/g, "").trim())
    .filter((each) => each.length > 3 && !TRANSLATIONS.test(each));
  const line = lines.find((each) => each.split(" ").length > 2) ?? lines[0];
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
