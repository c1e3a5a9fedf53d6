import type { tf } from "../../backend/index.js";

/** An initializer as a config holds it. */
interface Initializer {
  readonly className: string;
  readonly config: Readonly<Record<string, number>>;
}

/** What goes into one unit, and out of one input, of a kernel [..., in, out]. */
function fansOf(shapes: readonly (readonly number[])[]): { readonly in: number; readonly out: number } | undefined {
  const kernel = shapes.find((shape) => shape.length >= 2);
  if (kernel === undefined) return undefined;
  const field = kernel.slice(0, -2).reduce((all, size) => all * size, 1);
  return { in: field * kernel.at(-2)!, out: field * kernel.at(-1)! };
}

/**
 * The config of a smaller layer, with initializers for its size. Those that know their fans when they are called
 * (`createInitializer`'s) need nothing; one whose numbers were worked out from the old kernel's, PyTorch's
 * U(±1/√fanIn) or a normal one of deviation √(2/fan), gets those of the new one.
 *
 * @param before the shapes of the layer's weights
 * @param after what is left of them
 */
export function refitted(
  config: tf.serialization.ConfigDict,
  before: readonly (readonly number[])[],
  after: readonly (readonly number[])[],
): tf.serialization.ConfigDict {
  const [old, now] = [fansOf(before), fansOf(after)];
  if (old === undefined || now === undefined) return config;
  const entries = Object.entries(config).map(([key, value]) => [
    key,
    key.endsWith("Initializer") && value !== null ? refit(value as unknown as Initializer, old, now) : value,
  ]);
  return Object.fromEntries(entries) as tf.serialization.ConfigDict;
}

type Fans = NonNullable<ReturnType<typeof fansOf>>;

function refit(initializer: Initializer, old: Fans, now: Fans): unknown {
  const { className, config = {} } = initializer;
  if (
    className === "RandomUniform" &&
    config["maxval"] === 1 / Math.sqrt(old.in) &&
    config["minval"] === -config["maxval"]
  ) {
    const bound = 1 / Math.sqrt(now.in);
    return { className, config: { ...config, minval: -bound, maxval: bound } };
  }
  const fan = (["in", "out"] as const).find((each) => config["stddev"] === Math.sqrt(2 / old[each]));
  if (className !== "RandomNormal" || fan === undefined) return initializer;
  return { className, config: { ...config, stddev: Math.sqrt(2 / now[fan]) } };
}
