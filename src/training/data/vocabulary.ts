import { MARKERS } from "../../core/protocol/tiny";
import { LARGEST, SMALLEST } from "../../puzzles/inputs";
import { createCorpus } from "./corpus";

/**
 * How text is cut into pieces before the vocabulary is asked: arrows and colons with their spaces, integers of up to two
 * digits (bare, in a list with their comma, after a space), words with a leading space or dot, line breaks with their
 * indentation, operators, any other character. Every character lands in exactly one piece, so decoding is joining.
 */
export const PIECES =
  " -> |: |, -?\\d{1,2}(?!\\d)|-?\\d{1,2}(?!\\d)| \\d{1,2}(?!\\d)|\\d{1,2}|\\.{3}| ?\\.?[A-Za-z_]+|\\n *|\\);| ?(?:===|!==|=>|\\+=|[=<>+*/%?:-])|[\\s\\S]";

const SAMPLED_TEXTS = 7_000;

const SPACED_NUMBERS = 12;

function range(from: number, to: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** Every token of the tiny model, markers first: all pieces of training texts, all one-token integers, all printable ASCII. */
export function collectVocabulary(): readonly string[] {
  const markers: readonly string[] = Object.values(MARKERS);
  const numbers = range(SMALLEST, LARGEST);
  const tokens = new Set<string>([
    ...markers,
    "\n",
    ...range(32, 126).map((code) => String.fromCharCode(code)),
    ...numbers.map(String),
    ...numbers.map((n) => `, ${n}`),
    ...range(0, SPACED_NUMBERS).map((n) => ` ${n}`),
  ]);
  const corpus = createCorpus(0);
  const pieces = new RegExp(PIECES, "gu");
  const found = new Set<string>();
  for (let i = 0; i < SAMPLED_TEXTS; i++) {
    const text = corpus
      .next(1)
      .segments.map((segment) => segment.text)
      .join("");
    for (const part of text.split(/<[a-z]+>/u)) for (const [piece] of part.matchAll(pieces)) found.add(piece);
  }
  for (const piece of [...found].sort()) tokens.add(piece);
  return [...tokens];
}

/** The tokenizer as Hugging Face's `tokenizer.json`: whole pieces from the vocabulary, unknown ones by character. */
export function buildTokenizerJson(): object {
  const vocabulary = collectVocabulary();
  const markers: readonly string[] = Object.values(MARKERS);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: markers.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: { type: "Split", pattern: { Regex: PIECES }, behavior: "Isolated", invert: false },
    post_processor: null,
    decoder: { type: "Fuse" },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: "?",
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: true,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
      merges: [],
    },
  };
}
