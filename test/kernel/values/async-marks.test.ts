import { AsyncLocalStorage } from "node:async_hooks";
import { inspect } from "node:util";
import { afterAll, expect, test } from "vitest";
import { hideAsyncMarks } from "../../../kernel/runtime/values/async-marks.js";

const storage = new AsyncLocalStorage<object>();
hideAsyncMarks();
afterAll(() => void delete (Promise.prototype as unknown as Record<symbol, unknown>)[inspect.custom]);

test("promises made in a cell show their value alone, also inside values", () => {
  storage.run({ secret: 1 }, () => {
    expect(inspect([Promise.resolve({ a: 1 })])).toBe("[ Promise { { a: 1 } } ]");
    expect(inspect(Object.assign(Promise.resolve(), { mine: 1, [Symbol("own")]: 2 }))).toMatch(
      /^Promise { undefined, mine: 1, \[?Symbol\(own\)\]?: 2 }$/,
    ); // Node 24 leaves the brackets out
  });
});

test("timers do not show whose they are, and the storage still knows", async () => {
  await storage.run({ secret: 1 }, async () => {
    const timer = setTimeout(() => undefined, 0);
    expect(inspect(timer)).not.toContain("kResourceStore");
    expect(inspect(timer)).toContain("_repeat: null");
    clearTimeout(timer);
    const promise = new Promise<void>((resolve) => void setImmediate(resolve));
    expect(inspect(promise)).toBe("Promise { <pending> }");
    await promise;
    expect(storage.getStore()).toEqual({ secret: 1 });
  });
});
