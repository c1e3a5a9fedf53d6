/** `for await` that an interrupt can leave for good. */
import type { CellScope } from "./cell-scope.js";

/** The iterable's values, each waited for through `resume`. */
export function each<T>(iterable: AsyncIterable<T> | Iterable<T>, resume: CellScope["resume"]): AsyncIterable<T> {
  return {
    [Symbol.asyncIterator]() {
      const from: AsyncIterator<T> | Iterator<T> =
        Symbol.asyncIterator in iterable ? iterable[Symbol.asyncIterator]() : iterable[Symbol.iterator]();
      const isAsync = Symbol.asyncIterator in iterable;
      const settle = async (step: IteratorResult<T>): Promise<IteratorResult<T>> =>
        isAsync ? step : ({ ...step, value: await resume(step.value) } as IteratorResult<T>);
      const iterator: AsyncIterator<T> = { next: async () => settle(await resume(await resume(from.next()))) };
      if (from.return)
        iterator.return = async (value) => resume(from.return!(value as never)) as Promise<IteratorResult<T>>;
      return iterator;
    },
  };
}
