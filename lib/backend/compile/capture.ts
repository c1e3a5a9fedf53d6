import type { GraphOutput } from "../c-api.js";

/** Symbolic tensors are numbered downwards from here: no eager tensor has such a number, nor is one freed by it. */
export const FIRST_SYMBOLIC = -2;

/** How a trace records. */
export interface TracerOptions {
  /** Whether the graph is for XLA, which has not all of TensorFlow's ops. */
  readonly xla: boolean;
  /** Whether the graph has variables of its own in place of resources as inputs. */
  readonly ownVariables?: boolean;
  /** Whether its products and convolutions will take bfloat16. */
  readonly isMixed?: boolean;
  /** Whether numbers that come from outside are constants. */
  readonly freeze?: boolean;
}

/** Data from outside that a trace took as a constant. */
export interface FrozenData {
  readonly dataId: object;
  /** How often it had been changed in place. */
  readonly changes: number;
}

/** A tensor that a trace used although it was made outside of it. */
export interface Capture {
  readonly dataId: object;
  readonly shape: readonly number[];
  /** Its input of the graph: the value, or the resource variable that holds it. */
  readonly input: GraphOutput;
  readonly isResource: boolean;
}
