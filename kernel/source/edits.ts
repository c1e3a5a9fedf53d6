/** A text with replacements, and the way between positions in both. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** A text with edits, which leads positions from one to the other. */
export class EditedText {
  readonly text: string;
  readonly #edits: readonly Edit[];

  /** @param edits do not overlap */
  constructor(original: string, edits: readonly Edit[]) {
    this.#edits = edits.toSorted((a, b) => a.start - b.start || a.end - b.end);
    let text = "";
    let at = 0;
    for (const edit of this.#edits) {
      text += original.slice(at, edit.start) + edit.text;
      at = edit.end;
    }
    this.text = text + original.slice(at);
  }

  /** Where a position of the edited text stands in the original. */
  toOriginal(offset: number): number {
    let shift = 0;
    for (const { start, end, text } of this.#edits) {
      const from = start + shift;
      if (offset < from) break;
      if (offset < from + text.length) return Math.min(start + (offset - from), end);
      shift += text.length - (end - start);
    }
    return offset - shift;
  }

  /** Where a position of the original stands in the edited text: before what is put in there. */
  toEdited(offset: number): number {
    let shift = 0;
    for (const { start, end, text } of this.#edits) {
      if (offset <= start) break;
      if (offset < end) return start + shift + Math.min(offset - start, text.length);
      shift += text.length - (end - start);
    }
    return offset + shift;
  }
}
