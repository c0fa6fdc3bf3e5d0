import type { Language } from "../../problem";

/** A piece of source that matters for cutting it up; all other characters are `other`. */
export interface Lexeme {
  readonly kind: "string" | "comment" | "open" | "close" | "newline" | "other";
  readonly text: string;
  readonly start: number;
  /** How many brackets are open around it; one that closes nothing counts as outside. */
  readonly depth: number;
}

/** A triple-quoted string, a string on one line (closed or not), a bracket, a line break, a word or number, or any one character. */
const COMMON = String.raw`"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?|[([{]|[)\]}]|\n|[\w.]+|[\s\S]`;

const LEXEMES: Readonly<Record<Language, RegExp>> = {
  python: new RegExp(`#[^\\n]*|${COMMON}`, "g"),
  javascript: new RegExp(`//[^\\n]*|${COMMON}`, "g"),
};

/** Cuts source into lexemes; joined they are the source. Never throws: what is unclosed reaches to the end of its line or text. */
export function lexemesOf(source: string, language: Language): readonly Lexeme[] {
  let open = 0;
  return [...source.matchAll(LEXEMES[language])].map(({ 0: text, index: start }) => {
    const kind = kindOf(text);
    if (kind === "close") open = Math.max(0, open - 1);
    const depth = open;
    if (kind === "open") open++;
    return { kind, text, start, depth };
  });
}

function kindOf(text: string): Lexeme["kind"] {
  if (/^["']/.test(text)) return "string";
  if (/^(?:#|\/\/)/.test(text)) return "comment";
  if (/^[([{]$/.test(text)) return "open";
  if (/^[)\]}]$/.test(text)) return "close";
  return text === "\n" ? "newline" : "other";
}

/** Cuts source at each `separator` outside brackets and strings; parts are trimmed. A trailing separator opens no part. */
export function splitTopLevel(source: string, separator: string, language: Language): readonly string[] {
  const parts: string[] = [];
  let from = 0;
  for (const { text, start, kind, depth } of lexemesOf(source, language)) {
    if (depth > 0 || kind === "string" || text !== separator) continue;
    parts.push(source.slice(from, start).trim());
    from = start + text.length;
  }
  const last = source.slice(from).trim();
  return last === "" ? parts : [...parts, last];
}

/** Where the bracket that opens at `open` is closed again, or -1. */
export function closingBracket(source: string, open: number, language: Language): number {
  const closing = lexemesOf(source.slice(open), language).find(({ kind, depth }) => kind === "close" && depth === 0);
  return closing === undefined ? -1 : open + closing.start;
}

/** Whether every bracket is closed by its like and every string ends. */
export function isBalanced(source: string, language: Language): boolean {
  const open: string[] = [];
  for (const { kind, text } of lexemesOf(source, language)) {
    if (kind === "string" && (text.length < 2 || !text.endsWith(text[0] ?? ""))) return false;
    if (kind === "open") open.push(text);
    if (kind === "close" && !["()", "[]", "{}"].includes(`${open.pop() ?? ""}${text}`)) return false;
  }
  return open.length === 0;
}

/** A statement of a text, and the comment beside it, if any. */
export interface Statement {
  readonly text: string;
  readonly comment: string;
}

/**
 * The statements of a text in which prose may stand as well: lines without their comments, joined while a bracket is open. A line for
 * which `opens` holds begins a statement whatever is still open, since prose leaves brackets open.
 */
export function statementsOf(
  source: string,
  language: Language,
  opens: (line: string) => boolean,
): readonly Statement[] {
  const statements: Statement[] = [];
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
      const newline = source.indexOf("\n", lexeme.start + 1);
      const line = source.slice(lexeme.start + 1, newline < 0 ? undefined : newline);
      if (depth === 0 || opens(line)) finish();
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
