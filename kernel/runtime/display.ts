/** Showing values while a cell runs, and changing what was shown. Speaks by DESIGN.md's broadcast symbol alone. */
import { randomUUID } from "node:crypto";
import { isPromise } from "node:util/types";
import type { Bundle } from "../contract.js";
import type { ErrorContext } from "./errors/error-context.js";
import { readBundle } from "./values/own-bundle.js";
import { asNoResult, toBundle } from "./values/to-bundle.js";
import { toText } from "./values/text.js";

type Broadcast = (
  type: string,
  content: Record<string, unknown>,
  metadata?: Record<string, unknown>,
  buffers?: readonly Uint8Array[],
) => unknown;

const BROADCAST = Symbol.for("Jupyter.broadcast");

/** How a value is shown. */
export interface DisplayOptions {
  /** Name by which `updateDisplay` finds the output again. Default: a new one. */
  readonly id?: string;
  /** Takes `value` for representations by MIME type and shows these instead of the object. Default false. */
  readonly raw?: boolean;
  /** Metadata by MIME type, e.g. `{ "image/png": { width: 200 } }`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

/** An output in the notebook that can be changed. */
export interface DisplayHandle {
  readonly id: string;
  /** Shows another value in its place, wherever it stands. */
  update(value: unknown, options?: Omit<DisplayOptions, "id">): void;
}

let errors: ErrorContext | undefined;
const pending = new Set<Promise<void>>();

/** Says where texts behind the errors that are displayed are found. */
export function setDisplayContext(context: ErrorContext | undefined): void {
  errors = context;
}

/**
 * Shows `value` below the running cell.
 * @returns a handle whose `update` changes the output in place; as a cell's result it shows nothing
 * @throws Error outside a notebook
 * @throws TypeError where `raw` is set and `value` names no MIME type
 */
export function display(value: unknown, options: DisplayOptions = {}): DisplayHandle {
  const id = options.id ?? randomUUID();
  publish("display_data", "display", value, id, options);
  return asNoResult({
    id,
    update: (next: unknown, nextOptions: Omit<DisplayOptions, "id"> = {}) =>
      publish("update_display_data", "update", next, id, { ...options, ...nextOptions }),
  });
}

/**
 * Shows `value` in every place where something was displayed under `id`.
 * @throws TypeError for an id that is no text, Error where no notebook's kernel runs this code
 */
export function updateDisplay(id: string, value: unknown, options: Omit<DisplayOptions, "id"> = {}): void {
  if (typeof id !== "string" || id === "")
    throw new TypeError(`updateDisplay: id must be a display's name, got ${toText(id)}`);
  publish("update_display_data", "updateDisplay", value, id, options);
}

/**
 * Removes what the running cell has shown so far.
 * @param options.wait keep it until the next output comes, so that nothing flickers. Default false
 * @throws Error where no notebook's kernel runs this code
 */
export function clearOutput(options: { readonly wait?: boolean } = {}): void {
  broadcaster("clearOutput")("clear_output", { wait: options.wait === true });
}

/** Resolves when every value that shows itself asynchronously was shown; a cell ends after that. */
export async function displaysSettled(): Promise<void> {
  while (pending.size > 0) await Promise.all(pending);
}

function publish(type: string, who: string, value: unknown, id: string, options: DisplayOptions): void {
  const broadcast = broadcaster(who);
  const send = (bundle: Bundle): void => {
    const metadata = { ...bundle.metadata, ...options.metadata };
    broadcast(type, { data: bundle.data, metadata, transient: { display_id: id } });
  };
  const bundle = options.raw ? rawBundle(value, who) : toBundle(value, errors);
  if (!isPromise(bundle)) return send(bundle);
  const sent = bundle.then(send).finally(() => pending.delete(sent));
  pending.add(sent);
}

function rawBundle(value: unknown, who: string): Bundle {
  const bundle = readBundle(value, () => "");
  if (!bundle)
    throw new TypeError(
      `${who}: raw needs representations by MIME type, as { "text/html": "<b>…</b>" }, got ${toText(value)}`,
    );
  return bundle;
}

/**
 * What publishes to the notebook.
 *
 * @throws Error where no notebook's kernel runs this code
 */
export function broadcaster(who: string): Broadcast {
  const broadcast = (globalThis as Record<symbol, unknown>)[BROADCAST];
  if (typeof broadcast !== "function") throw new Error(`${who}: needs a notebook's kernel, and none runs this code`);
  return broadcast as Broadcast;
}
