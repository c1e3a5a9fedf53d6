/**
 * AsyncLocalStorage, which tells the kernel whose output is whose, marks promises and timers with symbols of its own
 * on Node before 24. Nobody wants to see them: not in results, nor in console.log.
 */
import { inspect } from "node:util";

const { getOwnPropertySymbols, defineProperty, getOwnPropertyDescriptor, getPrototypeOf } = Object;
const PROMISE_MARKS: ReadonlySet<string | undefined> = new Set([
  "async_id_symbol",
  "trigger_async_id_symbol",
  "kResourceStore",
]);
const TIMER_MARKS: ReadonlySet<string | undefined> = new Set(["kResourceStore"]);

/** Has inspection leave the marks out, wherever such an object stands in a value. */
export function hideAsyncMarks(): void {
  hideOn(Promise.prototype, PROMISE_MARKS);
  const timer = setTimeout(() => undefined, 0);
  const immediate = setImmediate(() => undefined);
  hideOn(getPrototypeOf(timer) as object, TIMER_MARKS);
  hideOn(getPrototypeOf(immediate) as object, TIMER_MARKS);
  clearTimeout(timer);
  clearImmediate(immediate);
}

function hideOn(prototype: object, marks: ReadonlySet<string | undefined>): void {
  const own = (prototype as { [inspect.custom]?: (this: object, ...args: readonly unknown[]) => unknown })[
    inspect.custom
  ];
  defineProperty(prototype, inspect.custom, {
    configurable: true,
    writable: true,
    enumerable: false,
    value(this: object, ...args: readonly unknown[]): unknown {
      const symbols = getOwnPropertySymbols(this);
      for (let i = 0; i < symbols.length; i++) {
        const symbol = symbols[i] as symbol;
        if (marks.has(symbol.description) && getOwnPropertyDescriptor(this, symbol)?.configurable)
          defineProperty(this, symbol, { enumerable: false });
      }
      // Returning the object itself has inspect go on as if this method were not there.
      return own === undefined ? this : own.apply(this, [...args]);
    },
  });
}
