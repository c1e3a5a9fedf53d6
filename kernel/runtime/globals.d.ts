/**
 * What a cell can use without importing it, for the type checker of cells: the language room adds this file, as it
 * stands in the source tree (kernel/runtime/globals.d.ts), to the program that cells are checked in. It belongs to no
 * program of the kernel or the library itself. install-globals.ts sets the values; stdin's two come from the protocol's room.
 */

/** Showing values in a notebook. */
declare namespace SaccadeKernel {
  interface DisplayOptions {
    /** Name by which `updateDisplay` finds the output again. Default: a new one. */
    readonly id?: string;
    /** Takes `value` for representations by MIME type and shows these instead of the object. Default false. */
    readonly raw?: boolean;
    /** Metadata by MIME type, e.g. `{ "image/png": { width: 200 } }`. */
    readonly metadata?: Readonly<Record<string, unknown>>;
  }

  /** An output in the notebook that can be changed. */
  interface DisplayHandle {
    readonly id: string;
    /** Shows another value in its place, wherever it stands. */
    update(value: unknown, options?: Omit<DisplayOptions, "id">): void;
  }

  /** A piece of markup that shows itself. */
  interface Markup {
    readonly kind: "html" | "svg" | "md";
    toString(): string;
  }

  interface MarkupTag {
    /** As a tag: values put into the template are escaped (not in Markdown), markup of the same kind stands as it is. */
    (strings: TemplateStringsArray, ...values: readonly unknown[]): Markup;
    /** As a function: `text` is markup already. */
    (text: string): Markup;
  }

  interface ProgressOptions {
    /** What is counted: shown before the bar. */
    readonly label?: string;
    /** Steps in all; needed for iterables without a length. */
    readonly total?: number;
  }

  /** A bar over a known or unknown number of steps. */
  interface Progress {
    readonly total: number | undefined;
    label: string;
    /** Steps done. */
    readonly value: number;
    /** `steps` more are done. */
    step(steps?: number, note?: string): void;
    /** `done` steps are done in all; `note` stands behind the bar, e.g. "loss 0.31". */
    update(done: number, note?: string): void;
    /** Draws the last state, also where the total was not reached. */
    finish(note?: string): void;
  }

  /** What a cell with `%%capture name` would have shown. */
  interface CapturedOutput {
    stdout: string;
    stderr: string;
    /** Contents of display_data, execute_result and error messages, in order. */
    readonly outputs: any[]; // any: JSON whose shape the cell knows
  }
}

/** Shows `value` below the running cell; the handle's `update` changes it in place. */
declare function display(value: unknown, options?: SaccadeKernel.DisplayOptions): SaccadeKernel.DisplayHandle;

/** Shows `value` in every place where something was displayed under `id`. */
declare function updateDisplay(id: string, value: unknown, options?: Omit<SaccadeKernel.DisplayOptions, "id">): void;

/** Removes what the running cell has shown so far; with `wait` when the next output comes. */
declare function clearOutput(options?: { readonly wait?: boolean }): void;

/** `` html`<b>${name}</b>` `` shows itself as HTML; values are escaped. */
declare const html: SaccadeKernel.MarkupTag;
/** `` svg`<svg viewBox="0 0 9 9">…</svg>` `` shows itself as a drawing; values are escaped. */
declare const svg: SaccadeKernel.MarkupTag;
/** `` md`**${score}** points` `` shows itself as Markdown. */
declare const md: SaccadeKernel.MarkupTag;

/** A progress bar to be stepped: `const bar = progress(100, { label: "epoch" }); bar.step()`. */
declare function progress(total: number, options?: SaccadeKernel.ProgressOptions): SaccadeKernel.Progress;
/** A progress bar over something iterable: `for (const x of progress(items)) …`. */
declare function progress<T>(items: Iterable<T>, options?: SaccadeKernel.ProgressOptions): Iterable<T>;
declare function progress<T>(items: AsyncIterable<T>, options?: SaccadeKernel.ProgressOptions): AsyncIterable<T>;

/** Asks the reader for a line of text; `password` hides what is typed. Rejects where the front end cannot ask. */
declare function input(prompt?: string, options?: { readonly password?: boolean }): Promise<string>;

/** Asks the reader for a line of text and blocks until it is there; null where nothing was entered. */
declare function prompt(message?: string, defaultValue?: string): string | null;

/** What `%%capture name` puts under the name. */
declare function capturedOutput(): SaccadeKernel.CapturedOutput;
