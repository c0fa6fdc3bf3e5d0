import { Tokenizer as HuggingFaceTokenizer } from "@huggingface/tokenizers";
import { LabError } from "../../core/errors";

/** Text to token ids and back; `decode(encode(text))` is `text` for every text over the vocabulary's characters. */
export interface Tokenizer {
  /** Ids run from 0 to this, not included. */
  readonly vocabSize: number;
  encode(text: string): number[];
  /** @throws LabError `model/unknown-token` for an id outside the vocabulary. */
  decode(ids: readonly number[]): string;
  /** The text of one token. @throws LabError `model/unknown-token` */
  pieceOf(id: number): string;
  /** The id of a token by its text. @throws LabError `model/unknown-token` */
  idOf(piece: string): number;
}

/**
 * Reads a parsed `tokenizer.json` (Hugging Face format). Nothing is added at the ends and no spaces are cleaned up.
 * @throws LabError `model/bad-tokenizer`
 */
export function loadTokenizer(json: object): Tokenizer {
  const tokenizer = construct(json);
  const vocabulary = tokenizer.get_vocab();
  const pieces: string[] = [];
  for (const [piece, id] of vocabulary) pieces[id] = piece;
  const pieceOf = (id: number): string => {
    const piece = pieces[id];
    if (piece === undefined) throw unknownToken(`number ${id}`);
    return piece;
  };
  return {
    vocabSize: pieces.length,
    encode: (text) => tokenizer.encode(text, { add_special_tokens: false }).ids,
    decode: (ids) => ids.map(pieceOf).join(""),
    pieceOf,
    idOf: (piece) => {
      const id = vocabulary.get(piece);
      if (id === undefined) throw unknownToken(JSON.stringify(piece));
      return id;
    },
  };
}

function construct(json: object): HuggingFaceTokenizer {
  try {
    return new HuggingFaceTokenizer(json, {});
  } catch (cause) {
    throw new LabError(
      "model/bad-tokenizer",
      "The model's tokenizer.json cannot be read.",
      "Use the tokenizer.json that was saved together with the weights.",
      { cause },
    );
  }
}

function unknownToken(what: string): LabError {
  return new LabError(
    "model/unknown-token",
    `The tokenizer has no token ${what}.`,
    "Use the tokenizer.json and the weights of one model.",
  );
}
