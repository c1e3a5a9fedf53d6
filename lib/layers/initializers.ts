import { tf } from "../backend/index.js";
import { aCount, anInteger, anObject, aText, checkArguments, checkValue, type Rule } from "../checks.js";

/** What every `tf.initializers` function returns. */
export type Initializer = ReturnType<typeof tf.initializers.zeros>;

/** An initializer, or the plain data that stands for one in a saved model. */
export type InitializerLike = Initializer | tf.serialization.ConfigDict;

/**
 * PyTorch's default for the weight and the bias of `nn.Linear` and `nn.Conv2d`: U(-1/√fanIn, 1/√fanIn),
 * which is `kaiming_uniform_(a=√5)`; the bias uses the fan-in of its weight.
 *
 * @param fanIn inputs of one output unit: features, or kernel height × width × input channels
 * @param seed see {@link seedFor}
 */
export function torchUniform(fanIn: number, seed: number): Initializer {
  checkArguments("torchUniform", { fanIn, seed }, { fanIn: aCount, seed: anInteger });
  const bound = 1 / Math.sqrt(fanIn);
  return tf.initializers.randomUniform({ minval: -bound, maxval: bound, seed });
}

/**
 * The seed of one weight: distinct for each name, the same in every process.
 * FNV-1a over "seed/name", in 1 to 2³¹; never 0, which tfjs' normal generator takes for "no seed".
 *
 * @param seed the model's seed, any integer
 * @param name the weight's full name, "block1/attention/qkv/kernel"
 */
export function seedFor(seed: number, name: string): number {
  checkArguments("seedFor", { seed, name }, { seed: anInteger, name: aText });
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${name}`) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  }
  return (hash >>> 1) + 1;
}

/** Plain data for `getConfig`. */
export function saveInitializer(initializer: Initializer): tf.serialization.ConfigDict {
  return { className: initializer.getClassName(), config: initializer.getConfig() };
}

/**
 * An initializer from itself or from what {@link saveInitializer} made of it.
 *
 * @param layer whose argument `name` it is
 * @param otherwise the one that it has where none was given
 * @throws TypeError for what is none, and for a class that tfjs does not know
 */
export function restoreInitializer(
  layer: string,
  name: string,
  value: InitializerLike | undefined,
  otherwise: () => Initializer,
): Initializer {
  if (value === undefined) return otherwise();
  checkValue(layer, name, value, anInitializer);
  if (isInitializer(value)) return value;
  const { className, config } = value;
  const [cls, fromConfig] = knownClasses()[className as string]!;
  return fromConfig(cls, (config ?? {}) as tf.serialization.ConfigDict) as Initializer;
}

const knownClasses = () => tf.serialization.SerializationMap.getMap().classNameMap;

function isInitializer(value: object): value is Initializer {
  return "getConfig" in value && "apply" in value;
}

/** One of createInitializer or tf.initializers, or the plain data that stands for one in a saved model. */
export const anInitializer: Rule = {
  what: "an initializer (of createInitializer or tf.initializers)",
  holds: (value) =>
    anObject.holds(value) &&
    (isInitializer(value as object) ||
      Object.hasOwn(knownClasses(), String((value as { className?: unknown }).className))),
};
