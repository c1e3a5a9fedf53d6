/**
 * Two of Node's internals that have no public door, reached through the deprecated process.binding: signal delivery
 * to a worker's loop, and the counters of async_hooks, whose self-checks abort a process that was interrupted.
 */
import { createHook } from "node:async_hooks";
import { createRequire } from "node:module";
import process from "node:process"; // a cell may replace the global one

const require = createRequire(import.meta.url);

/**
 * Node 24 hands its bindings out only to a thread started with this option; to others it changes nothing that we use.
 */
export const BINDINGS_OPTION = "--expose-internals";

/** @throws Error where this Node does not hand out the binding. */
export function internalBinding<T>(name: string): T {
  return silently(() => {
    try {
      return (process as unknown as { binding(name: string): T }).binding(name); // deprecated without a successor
    } catch (error) {
      const own = process.execArgv.includes(BINDINGS_OPTION)
        ? (require("internal/test/binding") as { internalBinding(name: string): T })
        : undefined;
      if (!own) throw error;
      return own.internalBinding(name);
    }
  });
}

/** Runs `work` without the warnings of Node that it causes at once. */
export function silently<T>(work: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = () => undefined;
  try {
    return work();
  } finally {
    process.emitWarning = emitWarning;
  }
}

interface AsyncWrap {
  readonly async_hook_fields: Uint32Array;
  readonly async_id_fields: Float64Array;
  readonly constants: { readonly kTotals: number; readonly kCheck: number; readonly kDefaultTriggerAsyncId: number };
  clearAsyncIdStack(): void;
}

let asyncWrap: AsyncWrap | undefined;

/**
 * Turns off the checks that abort the process when a termination left async_hooks' stack unbalanced.
 * @returns whether it could be done; if not, Node needs --no-force-async-hooks-checks
 */
export function allowTermination(): boolean {
  try {
    asyncWrap ??= internalBinding<AsyncWrap>("async_wrap");
    const { async_hook_fields: fields, constants } = asyncWrap;
    fields[constants.kTotals] = 0;
    fields[constants.kCheck] = 0;
    return true;
  } catch {
    return false;
  }
}

/**
 * Keeps the checks off: each hook that is enabled turns them on, a cell's own, and the one behind the first store of
 * an AsyncLocalStorage.
 */
export function keepTerminationAllowed(): void {
  const hooks = Object.getPrototypeOf(createHook({})) as Record<"enable" | "disable", () => unknown>;
  for (const name of ["enable", "disable"] as const) {
    const original = hooks[name];
    hooks[name] = function (this: unknown) {
      const result = Reflect.apply(original, this, []);
      allowTermination();
      return result;
    };
  }
  allowTermination();
}

/** Forgets whatever a termination, or an error that nobody caught, left on the stack of async_hooks. */
export function clearAfterTermination(): void {
  if (asyncWrap === undefined) return;
  asyncWrap.async_id_fields[asyncWrap.constants.kDefaultTriggerAsyncId] = -1; // a constructor was cut short
  asyncWrap.clearAsyncIdStack();
}
