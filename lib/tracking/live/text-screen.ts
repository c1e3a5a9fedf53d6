/** Texts at the end of a terminal that are updated in place, one below the other. */

/** A terminal, or what stands for one. */
export type TextStream = Pick<NodeJS.WriteStream, "write" | "isTTY" | "columns" | "rows">;

const screens = new WeakMap<TextStream, TextScreen>();

/** The one of a stream: several texts at once know of each other. */
export function screenOf(stream: TextStream): TextScreen {
  const screen = screens.get(stream) ?? new TextScreen(stream);
  screens.set(stream, screen);
  return screen;
}

/** Where the stream is no terminal only what is kept is written. */
class TextScreen {
  readonly #stream: TextStream;
  readonly #texts = new Map<object, string>();
  /** Lines that are there to be written over. */
  #lines = 0;

  constructor(stream: TextStream) {
    this.#stream = stream;
  }

  /** @param of whose text it is */
  update(of: object, text: string): void {
    if (!this.#stream.isTTY) return;
    this.#texts.set(of, text);
    this.#draw("");
  }

  /** The text as it stays, above those that go on. */
  keep(of: object, text: string): void {
    this.#texts.delete(of);
    this.#draw(`${text}\n`);
  }

  #draw(kept: string): void {
    const { columns = 80, rows = 24 } = this.#stream;
    const all = [...this.#texts.values()].flatMap((text) => text.split("\n"));
    // A longer line would take two, and lines above the terminal's first cannot be reached.
    const lines = all.slice(-(rows - 1)).map((line) => line.slice(0, columns - 1));
    const back = this.#lines > 0 ? `\x1b[${this.#lines}A\x1b[0J` : "";
    this.#lines = lines.length;
    this.#stream.write(`${back}${kept}${lines.map((line) => `${line}\n`).join("")}`);
  }
}
