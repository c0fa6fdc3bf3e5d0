/**
 * Cuts a text that arrives in pieces into the elements of its outermost JSON array. It follows strings and brackets
 * only; whether an element is right is for the parser to say.
 */
export class ArraySplitter {
  private element = "";
  private depth = 0;
  private inString = false;
  private escaped = false;
  private closed = false;

  /** The elements that this piece completes. */
  push(piece: string): readonly string[] {
    const done: string[] = [];
    let start = 0;
    for (let i = 0; i < piece.length && !this.closed; i++) {
      const char = piece.charCodeAt(i);
      if (this.inString) {
        this.insideString(char);
        continue;
      }
      if (char === QUOTE) this.inString = true;
      else if (char === OPEN_BRACKET || char === OPEN_BRACE) {
        if (++this.depth === 1) start = i + 1;
      } else if (char === CLOSE_BRACKET || char === CLOSE_BRACE) {
        if (--this.depth === 0) this.closed = true;
      }
      if (this.closed || (char === COMMA && this.depth === 1)) {
        const element = this.element + piece.slice(start, i);
        this.element = "";
        start = i + 1;
        if (element.trim() !== "") done.push(element);
      }
    }
    if (!this.closed && this.depth > 0) this.element += piece.slice(start);
    return done;
  }

  /**
   * What is left of an array that breaks off: the piece of an element, or an empty text; null when the array was
   * closed.
   */
  rest(): string | null {
    return this.closed ? null : this.element.trim();
  }

  private insideString(char: number): void {
    if (this.escaped) this.escaped = false;
    else if (char === BACKSLASH) this.escaped = true;
    else if (char === QUOTE) this.inString = false;
  }
}

const QUOTE = 34;
const COMMA = 44;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
