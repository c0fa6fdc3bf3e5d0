import type { Language } from "../../problem";

/** A piece of source that matters for cutting it up; all other characters are `other`. */
export interface Lexeme {
  readonly kind: "string" | "comment" | "open" | "close" | "newline" | "other";
  readonly text: string;
  readonly start: number;
}

/** A triple-quoted string, a string on one line (closed or not), a bracket, a line break, a word or number, or any one character. */
const COMMON = String.raw`"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[([{]|[)\]}]|\n|[\w.]+|[\s\S]`;

const LEXEMES: Readonly<Record<Language, RegExp>> = {
  python: new RegExp(`#[^\\n]*|${COMMON}`, "g"),
  javascript: new RegExp(`//[^\\n]*|${COMMON}`, "g"),
};

function kindOf(text: string): Lexeme["kind"] {
  if (/^["']/.test(text)) return "string";
  if (/^(?:#|\/\/)/.test(text)) return "comment";
  if (/^[([{]$/.test(text)) return "open";
  if (/^[)\]}]$/.test(text)) return "close";
  return text === "\n" ? "newline" : "other";
}

/** Cuts source into lexemes; joined they are the source. Never throws: what is unclosed reaches to the end of its line or text. */
export function lexemesOf(source: string, language: Language): readonly Lexeme[] {
  return [...source.matchAll(LEXEMES[language])].map((match) => ({
    kind: kindOf(match[0]),
    text: match[0],
    start: match.index,
  }));
}

/** Each lexeme with how many brackets are open before it; a closing one counts as outside. */
function withDepth(lexemes: readonly Lexeme[]): readonly (readonly [Lexeme, number])[] {
  let depth = 0;
  return lexemes.map((lexeme) => {
    if (lexeme.kind === "close") depth = Math.max(0, depth - 1);
    const at = depth;
    if (lexeme.kind === "open") depth++;
    return [lexeme, at];
  });
}

/** Cuts source at each `separator` outside brackets and strings; parts are trimmed. A trailing separator opens no part. */
export function splitTopLevel(source: string, separator: string, language: Language): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (const [{ text, start, kind }, depth] of withDepth(lexemesOf(source, language))) {
    if (depth > 0 || kind === "string" || text !== separator) continue;
    parts.push(source.slice(from, start).trim());
    from = start + text.length;
  }
  const last = source.slice(from).trim();
  return last === "" ? parts : [...parts, last];
}

/** Where the bracket that opens at `open` is closed again, or -1. */
export function closingBracket(source: string, open: number, language: Language): number {
  const found = withDepth(lexemesOf(source.slice(open), language)).find(
    ([{ kind }, depth], index) => index > 0 && kind === "close" && depth === 0,
  );
  return found === undefined ? -1 : open + found[0].start;
}

/** Whether every bracket is closed by its like and every string ends. */
export function isBalanced(source: string, language: Language): boolean {
  const open: string[] = [];
  for (const { kind, text } of lexemesOf(source, language)) {
    if (kind === "string" && (text.length < 2 || !text.endsWith(text[0] ?? ""))) return false;
    if (kind === "open") open.push(text);
    if (kind === "close" && `${open.pop() ?? ""}${text}`.search(/^(?:\(\)|\[\]|\{\})$/) < 0) return false;
  }
  return open.length === 0;
}

/**
 * The statements of a text in which prose may stand as well: lines without their comments, joined while a bracket is open. A line for
 * which `opens` holds begins a statement whatever is still open, since prose leaves brackets open.
 */
export function statementsOf(
  source: string,
  language: Language,
  opens: (line: string) => boolean,
): readonly { readonly text: string; readonly comment: string }[] {
  const statements: { text: string; comment: string }[] = [];
  let text = "";
  let comment = "";
  let depth = 0;
  const finish = () => {
    if (text.trim() !== "") statements.push({ text: text.trim(), comment });
    text = "";
    comment = "";
    depth = 0;
  };
  for (const lexeme of lexemesOf(source, language)) {
    if (lexeme.kind === "comment") comment = lexeme.text;
    else if (lexeme.kind === "newline") {
      const rest = source.slice(lexeme.start + 1);
      if (depth === 0 || opens(rest.slice(0, Math.max(0, rest.indexOf("\n")) || 200))) finish();
      else text += " ";
    } else {
      text += lexeme.text;
      if (lexeme.kind === "open") depth++;
      if (lexeme.kind === "close") depth = Math.max(0, depth - 1);
    }
  }
  finish();
  return statements;
}
