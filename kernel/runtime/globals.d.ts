/**
 * What a cell can use without importing it, for the type checker of cells: the language room adds this file, as it
 * stands in the source tree (kernel/runtime/globals.d.ts), to the program that cells are checked in. It belongs to no
 * program of the kernel or the library itself. install-globals.ts sets the values; stdin's two come from the protocol's
 * room.
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
    /**
     * As a tag: values put into the template are escaped (not in Markdown), markup of the same kind stands as it is.
     */
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

  interface CommMessage {
    readonly data: any; // any: JSON whose shape the cell knows
    readonly metadata: any;
    readonly buffers: readonly Uint8Array[];
  }

  interface CommPayload {
    readonly data?: unknown;
    readonly metadata?: Readonly<Record<string, unknown>>;
    readonly buffers?: readonly (ArrayBufferView | ArrayBuffer)[];
  }

  /** A channel between cells and the front end. */
  interface Comm {
    readonly id: string;
    readonly target: string;
    readonly isOpen: boolean;
    send(data: unknown, payload?: Omit<CommPayload, "data">): void;
    /** Calls `handler` with every message. Returns the undoing. */
    onMessage(handler: (message: CommMessage) => unknown): () => void;
    onClose(handler: (message: CommMessage) => unknown): () => void;
    close(payload?: CommPayload): void;
  }

  interface Comms {
    /** Opens a comm to what the front end has registered under `target`. */
    open(target: string, payload?: CommPayload & { readonly id?: string }): Comm;
    /** Calls `handler` when the front end opens a comm to `target`. Returns the undoing. */
    register(target: string, handler: (comm: Comm, message: CommMessage) => unknown): () => void;
    list(): { readonly id: string; readonly target: string }[];
  }

  type State = Record<string, unknown>;

  /** A model in the front end; a cell whose last expression it is shows it. */
  interface Widget<S extends State = State> {
    readonly modelId: string;
    get<K extends keyof S & string>(name: K): S[K];
    /** Sets fields here and in every view. */
    set(patch: Partial<S>): void;
    /** Calls `handler` with the new value when the kernel or a view changes `name`. Returns the undoing. */
    onChange<K extends keyof S & string>(name: K, handler: (value: S[K]) => unknown): () => void;
    /** Calls `handler` with every custom message of a view. Returns the undoing. */
    onMessage(handler: (content: any, buffers: readonly Uint8Array[]) => unknown): () => void;
    /** Sends a custom message to every view. */
    send(content: unknown, buffers?: readonly (ArrayBufferView | ArrayBuffer)[]): void;
    /** Takes the widget out of every view. */
    close(): void;
  }

  /** A widget with one value. */
  interface ValueWidget<T> extends Widget<State & { value: T }> {
    value: T;
    /** Calls `handler` with every new value, whoever set it. Returns the undoing. */
    onValue(handler: (value: T) => unknown): () => void;
  }

  interface ButtonWidget extends Widget {
    /** Calls `handler` on every click. Returns the undoing. */
    onClick(handler: () => unknown): () => void;
  }

  /** CSS sizes and flex properties: `{ width: "50%" }`. */
  type Layout = Readonly<Record<string, string>>;

  interface ControlOptions {
    /** Text before the control. */
    readonly label?: string;
    readonly disabled?: boolean;
    readonly layout?: Layout;
    readonly tooltip?: string;
  }

  interface SliderOptions extends ControlOptions {
    /** Default 0. */
    readonly min?: number;
    /** Default 100. */
    readonly max?: number;
    /** Default 1, or a hundredth of the range where an end of it is no integer. */
    readonly step?: number;
    /** Default min. */
    readonly value?: number;
    /** Report while it is dragged, not only when it is let go. Default true. */
    readonly continuous?: boolean;
  }

  interface ProgressBarOptions extends ControlOptions {
    readonly min?: number;
    /** Default 100. */
    readonly max?: number;
    readonly value?: number;
    readonly style?: "" | "success" | "info" | "warning" | "danger";
  }

  interface ButtonOptions extends ControlOptions {
    readonly style?: "" | "primary" | "success" | "info" | "warning" | "danger";
    /** A Font Awesome 4 name: "play". */
    readonly icon?: string;
    readonly onClick?: () => unknown;
  }

  interface AnyWidgetOptions<S extends State> {
    /** Source, or URL, of a module whose default export has `render({ model, el })`. */
    readonly esm: string;
    readonly css?: string;
    /** What both sides share; bytes may be anywhere in it. */
    readonly state?: S;
    readonly layout?: Layout;
  }

  interface Widgets {
    slider(options?: SliderOptions): ValueWidget<number>;
    progress(options?: ProgressBarOptions): ValueWidget<number>;
    button(options?: ButtonOptions): ButtonWidget;
    checkbox(options?: ControlOptions & { readonly value?: boolean }): ValueWidget<boolean>;
    text(options?: ControlOptions & { readonly value?: string; readonly placeholder?: string }): ValueWidget<string>;
    /** Markup that can be changed. */
    html(value?: string, options?: ControlOptions): ValueWidget<string>;
    /** Widgets beside each other. */
    row(...children: readonly { readonly modelId: string }[]): Widget;
    /** Widgets below each other. */
    column(...children: readonly { readonly modelId: string }[]): Widget;
    /** A widget drawn by `esm`; the front end needs anywidget's extension. */
    anywidget<S extends State = State>(options: AnyWidgetOptions<S>): Widget<S>;
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

/** Channels between cells and the front end. */
declare const comms: SaccadeKernel.Comms;

/** Controls in the notebook: `const n = widgets.slider({ max: 9 }); n.onValue((value) => …)`. */
declare const widgets: SaccadeKernel.Widgets;
