/** Offsets of a text ↔ lines and UTF-16 columns, as language servers count. */
import type { Position } from "./server.js";

/** Leads between offsets in a text and the language server's lines and characters. */
export class TextPositions {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  offset({ line, character }: Position): number {
    return (this.#starts[line] ?? this.#starts.at(-1)!) + character;
  }

  position(offset: number): Position {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: offset - this.#starts[low]! };
  }
}
