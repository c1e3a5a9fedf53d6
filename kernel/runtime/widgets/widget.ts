/** One widget: a model whose state the kernel and every view of it in the front end share (widget protocol 2.1.0). */
import { isDeepStrictEqual } from "node:util";
import { DISPLAY } from "../values/own-bundle.js";
import { toText } from "../values/text.js";
import { inThisCell } from "./callback.js";
import { comms, type Comm, type CommMessage } from "./comms.js";
import { packState, unpackState, type Model, type Path } from "./state.js";

const VERSION = { version: "2.1.0" };
const TARGET = "jupyter.widget";

/** Which class of which package draws a model. */
export interface ModelClass {
  readonly module: string;
  /** Range of versions, as npm writes it. */
  readonly version: string;
  readonly model: string;
  readonly viewModule?: string;
  readonly view: string | null;
}

/** What both sides of a widget share, by name. */
export type State = Record<string, unknown>;
type Handler = (value: never) => unknown;

/** Open widgets by model id, for front ends that were loaded later. */
export const openWidgets = new Map<string, Widget<State>>();

/** A model in the front end; a cell whose last expression it is shows it. */
export class Widget<S extends State = State> implements Model {
  readonly #class: ModelClass;
  readonly #comm: Comm;
  readonly #state: State;
  readonly #changes = new Map<string, Set<Handler>>();
  readonly #messages = new Set<(content: unknown, buffers: readonly Uint8Array[]) => unknown>();

  constructor(modelClass: ModelClass, state: S) {
    this.#class = modelClass;
    this.#state = {
      _model_module: modelClass.module,
      _model_module_version: modelClass.version,
      _model_name: modelClass.model,
      _view_module: modelClass.viewModule ?? modelClass.module,
      _view_module_version: modelClass.version,
      _view_name: modelClass.view,
      ...state,
    };
    const { data, buffers } = this.#packed(this.#state);
    this.#comm = comms.open(TARGET, { data, buffers, metadata: VERSION });
    this.#comm.onMessage((message) => this.#receive(message));
    this.#comm.onClose(() => openWidgets.delete(this.modelId));
    openWidgets.set(this.modelId, this as unknown as Widget<State>);
  }

  get modelId(): string {
    return this.#comm.id;
  }

  /** Value of one field, as the kernel or a view set it last. */
  get<K extends keyof S & string>(name: K): S[K] {
    return this.#state[name] as S[K];
  }

  /** Sets fields here and in every view; change handlers hear of those that differ. */
  set(patch: Partial<S>): void {
    const changed = this.#apply(patch as State);
    if (Object.keys(changed).length === 0) return;
    const { data, buffers } = this.#packed(changed);
    this.#comm.send({ method: "update", ...data }, { buffers });
    // A handler's error becomes an unhandled rejection, which the kernel reports in the cell that set the value.
    void this.#callChanged(changed);
  }

  /**
   * Calls `handler` with the new value when the kernel or a view changes `name`; its output belongs to this cell.
   * Returns the undoing.
   */
  onChange<K extends keyof S & string>(name: K, handler: (value: S[K]) => unknown): () => void {
    const handlers = this.#changes.get(name) ?? new Set<Handler>();
    this.#changes.set(name, handlers);
    const bound = inThisCell(handler) as Handler;
    handlers.add(bound);
    return () => void handlers.delete(bound);
  }

  /** Calls `handler` with every custom message of a view. Returns the undoing. */
  onMessage(handler: (content: unknown, buffers: readonly Uint8Array[]) => unknown): () => void {
    const bound = inThisCell(handler);
    this.#messages.add(bound);
    return () => void this.#messages.delete(bound);
  }

  /** Sends a custom message to every view. */
  send(content: unknown, buffers: readonly (ArrayBufferView | ArrayBuffer)[] = []): void {
    this.#comm.send({ method: "custom", content }, { buffers });
  }

  /** Takes the widget out of every view. */
  close(): void {
    openWidgets.delete(this.modelId);
    this.#comm.close();
  }

  /** What a front end that was loaded later needs: class and whole state. */
  snapshot(): {
    readonly model: Record<string, unknown>;
    readonly bufferPaths: readonly Path[];
    readonly buffers: readonly (ArrayBufferView | ArrayBuffer)[];
  } {
    const { state, bufferPaths, buffers } = packState(this.#state);
    const { model, module, version } = this.#class;
    return {
      model: { model_name: model, model_module: module, model_module_version: version, state },
      bufferPaths,
      buffers,
    };
  }

  [DISPLAY](): Record<string, unknown> {
    return {
      "text/plain": this.toString(),
      "application/vnd.jupyter.widget-view+json": { version_major: 2, version_minor: 0, model_id: this.modelId },
    };
  }

  toString(): string {
    const name = this.#class.model.replace(/Model$/, "");
    return "value" in this.#state ? `${name}(value=${toText(this.#state.value)})` : name;
  }

  async #receive({ data, buffers }: CommMessage): Promise<void> {
    if (typeof data !== "object" || data === null) return;
    const message = data as {
      readonly method?: unknown;
      readonly state?: unknown;
      readonly buffer_paths?: unknown;
      readonly content?: unknown;
    };
    if (message.method === "request_state") return this.#sendAll();
    if (message.method === "custom") {
      await Promise.all([...this.#messages].map(async (handler) => handler(message.content, buffers)));
    } else if (message.method === "update" && typeof message.state === "object" && message.state !== null) {
      const paths = Array.isArray(message.buffer_paths) ? (message.buffer_paths as Path[]) : [];
      const patch = unpackState({ ...(message.state as State) }, paths, buffers);
      // Other views of the model learn of the change, and the sender that it was taken.
      const echo = this.#packed(patch);
      this.#comm.send({ method: "echo_update", ...echo.data }, { buffers: echo.buffers });
      await this.#callChanged(this.#apply(patch));
    }
  }

  #sendAll(): void {
    const { data, buffers } = this.#packed(this.#state);
    this.#comm.send({ method: "update", ...data }, { buffers });
  }

  /** Sets the fields that differ, and returns them. */
  #apply(patch: State): State {
    const changed: State = {};
    for (const [name, value] of Object.entries(patch)) {
      if (isDeepStrictEqual(this.#state[name], value)) continue;
      this.#state[name] = value;
      changed[name] = value;
    }
    return changed;
  }

  async #callChanged(changed: State): Promise<void> {
    const calls: Promise<unknown>[] = [];
    for (const [name, value] of Object.entries(changed)) {
      for (const handler of this.#changes.get(name) ?? []) calls.push((async () => handler(value as never))());
    }
    await Promise.all(calls);
  }

  #packed(state: State): {
    readonly data: { state: State; buffer_paths: Path[] };
    readonly buffers: (ArrayBufferView | ArrayBuffer)[];
  } {
    const { state: packed, bufferPaths, buffers } = packState(state);
    return { data: { state: packed, buffer_paths: bufferPaths }, buffers };
  }
}
