import * as tf from "@tensorflow/tfjs";
import { ifTerminated, mendOthers } from "./terminated.js";

/** What tfjs' engine counts while it computes, and would count for ever where it was terminated. */
interface EngineState {
  gradientDepth: number;
  kernelDepth: number;
  activeTape: readonly { readonly saved?: readonly tf.Tensor[] }[] | null | undefined;
  activeScope: unknown;
  readonly scopeStack: readonly unknown[];
  readonly numDataMovesStack: unknown[];
}

interface Engine {
  readonly state: EngineState;
  scopedRun<Result>(start: () => void, end: () => void, work: () => Result): Result;
  endScope(): void;
}

/**
 * Has tfjs compute as before after an interrupt of a cell that terminated one of its ops, `tf.tidy` or gradients.
 * Without it every later gradient is refused ("Cannot find a connection between any variable and the result").
 */
export function keepEngineState(): void {
  const engine = tf.engine() as unknown as Engine;
  const scopedRun = engine.scopedRun.bind(engine);
  let within = false;
  engine.scopedRun = (start, end, work) => {
    mendOthers();
    if (within) return scopedRun(start, end, work);
    const { state } = engine;
    const { gradientDepth, kernelDepth, activeTape, scopeStack } = state;
    const [scopes, moves] = [scopeStack.length, state.numDataMovesStack.length];
    const mend = (atRest: boolean): void => {
      within = false;
      if (state.activeTape !== activeTape)
        for (const { saved } of state.activeTape ?? []) tf.dispose([...(saved ?? [])]);
      Object.assign(state, { gradientDepth, kernelDepth, activeTape });
      state.numDataMovesStack.length = moves;
      // Otherwise the last scope is one that has just begun.
      while (atRest && state.scopeStack.length > scopes) engine.endScope();
    };
    return ifTerminated(mend, () => {
      within = true;
      try {
        return scopedRun(start, end, work);
      } finally {
        within = false;
      }
    });
  };
}
