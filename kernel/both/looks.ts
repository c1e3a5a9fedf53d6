/** What the debugger, on the worker thread, asks the main thread for: runtime/install-looks.ts answers. */
import type { Bundle } from "../contract.js";

/** The expression by which the debugger finds {@link Looks}. */
export const LOOKS = 'globalThis[Symbol.for("Jupyter.looks")]';

/** A value in one line. */
export interface Look {
  readonly text: string;
  readonly type: string;
  /** How many members it has, of which those with numbers; 0: there is nothing to open. */
  readonly named: number;
  readonly indexed: number;
}

/** A function that awaits. Lines and columns from 0. */
export interface AwaitingCall {
  /** Its script's name. */
  readonly file: string;
  readonly lineNumber: number;
  readonly columnNumber: number;
  /** Empty for one without a name. */
  readonly name: string;
}

/** Looking at values never makes, keeps or disposes of a tensor, and calls no getter but a cell's names'. */
export interface Looks {
  /** An accessor for each name that cells have declared, the running one's too. */
  names(): object;
  /** These names. */
  list(): readonly string[];
  /** The values of these names: those that came to be. */
  values(): object;
  /** Members of a value by name: `count` from `start`, of those with numbers or of the others where a kind is given. */
  members(value: unknown, kind: "indexed" | "named" | undefined, start: number, count: number): object;
  /** What each own property of an object looks like; one that is no value (a getter) says so. */
  lines(object: object): Readonly<Record<string, Look>>;
  line(value: unknown): Look;
  /** Whether two values are one. */
  same(one: unknown, other: unknown): boolean;
  /** As the notebook shows it; at a stop without what an asynchronous method would give. */
  bundle(value: unknown, stopped: boolean): Bundle | Promise<Bundle>;
  /** The functions that await what runs now, the innermost first. */
  awaiting(): readonly AwaitingCall[];
  /** A local module's text and the way to it, by the name that V8 knows it by. */
  sourceOf(file: string): { readonly title: string; readonly source: string; readonly sourceMap: string } | null;
  /** Keeps a value for a cell of its own to declare. */
  keep(name: string, value: unknown): void;
  kept(name: string): unknown;
}
