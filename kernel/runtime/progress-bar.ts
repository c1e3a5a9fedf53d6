/** Progress bars that change in place. */
import { display, type DisplayHandle } from "./display.js";
import { DISPLAY } from "./values/own-bundle.js";
import { escapeHtml } from "./values/safe.js";

/** Shortest time between two drawings, in ms. */
const REDRAW_MS = 50;
const WIDTH = 24;

/** What a bar counts. */
export interface ProgressOptions {
  /** What is counted: shown before the bar. */
  readonly label?: string;
  /** Steps in all; needed for iterables without a length. */
  readonly total?: number;
}

/** A bar over a known or unknown number of steps. */
export class Progress {
  readonly total: number | undefined;
  label: string;
  #done = 0;
  #note = "";
  #handle: DisplayHandle | undefined;
  readonly #started = performance.now();
  #drawn = -Infinity;

  constructor(total: number | undefined, label = "") {
    if (total !== undefined && !(total >= 0))
      throw new RangeError(`progress: total must be a number of steps, 0 or more, got ${total}`);
    this.total = total;
    this.label = label;
    this.#draw(true);
  }

  /** Steps done. */
  get value(): number {
    return this.#done;
  }

  /** `steps` more are done. */
  step(steps = 1, note?: string): void {
    this.update(this.#done + steps, note);
  }

  /** `done` steps are done in all; `note` stands behind the bar, e.g. "loss 0.31". */
  update(done: number, note?: string): void {
    this.#done = done;
    if (note !== undefined) this.#note = note;
    this.#draw(this.total !== undefined && done >= this.total);
  }

  /** Draws the last state, also where the total was not reached. */
  finish(note?: string): void {
    if (note !== undefined) this.#note = note;
    this.#draw(true);
  }

  #draw(now: boolean): void {
    const time = performance.now();
    if (!now && time - this.#drawn < REDRAW_MS) return;
    this.#drawn = time;
    if (this.#handle) this.#handle.update(this);
    else this.#handle = display(this);
  }

  [DISPLAY](): Record<string, string> {
    const { total, label } = this;
    const fraction = total === undefined ? undefined : total === 0 ? 1 : Math.min(1, Math.max(0, this.#done / total));
    const count = total === undefined ? `${this.#done}` : `${this.#done}/${total}`;
    const tail = [count, this.#pace(), this.#note].filter((part) => part !== "").join(" · ");
    const name = label === "" ? "" : `${label} `;
    const bar = fraction === undefined ? "" : `${textBar(fraction)} ${`${Math.floor(100 * fraction)}`.padStart(3)}% `;
    const element =
      fraction === undefined ? "<progress></progress>" : `<progress max="1" value="${fraction}"></progress>`;
    return {
      "text/plain": `${name}${bar}${tail}`,
      "text/html": `<div style="font-family:monospace">${escapeHtml(name)}${element} ${escapeHtml(tail)}</div>`,
    };
  }

  #pace(): string {
    const seconds = (performance.now() - this.#started) / 1000;
    if (this.#done <= 0 || seconds < 0.2) return "";
    const rate = this.#done / seconds;
    const left =
      this.total === undefined || this.#done >= this.total
        ? ""
        : `, ${duration((this.total - this.#done) / rate)} left`;
    return `${duration(seconds)}, ${rate >= 10 ? rate.toFixed(0) : rate.toPrecision(2)}/s${left}`;
  }
}

/**
 * `progress(100, { label: "epoch" })`: a bar to be stepped; `for (const x of progress(items))` steps by itself.
 * @throws RangeError for a negative total, TypeError for what is neither a number nor iterable
 */
export function progress(total: number, options?: ProgressOptions): Progress;
export function progress<T>(items: Iterable<T>, options?: ProgressOptions): Iterable<T>;
export function progress<T>(items: AsyncIterable<T>, options?: ProgressOptions): AsyncIterable<T>;
export function progress<T>(
  over: number | Iterable<T> | AsyncIterable<T>,
  options: ProgressOptions = {},
): Progress | Iterable<T> | AsyncIterable<T> {
  if (typeof over === "number") return new Progress(over, options.label);
  const { length, size } = over as { length?: unknown; size?: unknown };
  const total = options.total ?? (typeof length === "number" ? length : typeof size === "number" ? size : undefined);
  if (Symbol.asyncIterator in over) return countAsync(over, total, options.label);
  if (Symbol.iterator in over) return count(over, total, options.label);
  throw new TypeError(`progress: needs a number of steps or something iterable, got ${typeof over}`);
}

function* count<T>(items: Iterable<T>, total: number | undefined, label: string | undefined): Generator<T> {
  const bar = new Progress(total, label);
  try {
    for (const item of items) {
      yield item;
      bar.step();
    }
  } finally {
    bar.finish();
  }
}

async function* countAsync<T>(
  items: AsyncIterable<T>,
  total: number | undefined,
  label: string | undefined,
): AsyncGenerator<T> {
  const bar = new Progress(total, label);
  try {
    for await (const item of items) {
      yield item;
      bar.step();
    }
  } finally {
    bar.finish();
  }
}

function textBar(fraction: number): string {
  const eighths = Math.floor(fraction * WIDTH * 8);
  const full = Math.floor(eighths / 8);
  const part = eighths % 8 === 0 ? "" : String.fromCodePoint(0x2590 - (eighths % 8));
  return `│${("█".repeat(full) + part).padEnd(WIDTH)}│`;
}

function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${Math.round(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
