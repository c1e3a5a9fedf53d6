import type { tf } from "../backend/index.js";

/** What a layer does with its inputs. */
export type Call = tf.layers.Layer["call"];

/** Runs `body`, which is synchronous, with these layers computing in another way. */
export function withCalls<Result>(calls: ReadonlyMap<tf.layers.Layer, Call>, body: () => Result): Result {
  const before = [...calls].map(([layer, call]) => {
    const own = Object.getOwnPropertyDescriptor(layer, "call");
    layer.call = call;
    return [layer, own] as const;
  });
  try {
    return body();
  } finally {
    for (const [layer, own] of before) {
      if (own) Object.defineProperty(layer, "call", own);
      else delete (layer as { call?: Call }).call;
    }
  }
}
