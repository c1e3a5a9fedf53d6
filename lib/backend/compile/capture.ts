import type { GraphOutput } from "../c-api.js";

/** A tensor that a trace used although it was made outside of it. */
export interface Capture {
  readonly dataId: object;
  readonly shape: readonly number[];
  /** Its input of the graph: the value, or the resource variable that holds it. */
  readonly input: GraphOutput;
  readonly isResource: boolean;
}
