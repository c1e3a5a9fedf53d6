import type { tf } from "../backend/index.js";
import { anObject, aNumber, aTensor, calledAs, checkArguments, checkValue, listOf } from "../checks.js";
import { adam, ADAM_DEFAULTS, adamW, ADAMW_DEFAULTS, type AdamOptions } from "./adam.js";
import type { Optimizer } from "./optimizer-interface.js";
import { rmsprop, RMSPROP_DEFAULTS, type RmspropOptions } from "./rmsprop.js";
import { sgd, SGD_DEFAULTS, type SgdOptions } from "./sgd.js";

export type { Optimizer };

/** No `Omit`: hovering over an option behind one shows nothing of what it is. */
type Named<Name extends string, Options> = Options & {
  /** Which optimizer. */
  readonly name: Name;
  /** The run's own option says it. */
  readonly learningRate?: never;
};

/** An optimizer as plain data; the learning rate is the run's. */
export type OptimizerConfig =
  | Named<"adam", AdamOptions>
  | Named<"adamw", AdamOptions>
  | Named<"sgd", SgdOptions>
  | Named<"rmsprop", RmspropOptions>;

const OPTIMIZERS = {
  adam: { make: adam, defaults: ADAM_DEFAULTS },
  adamw: { make: adamW, defaults: ADAMW_DEFAULTS },
  sgd: { make: sgd, defaults: SGD_DEFAULTS },
  rmsprop: { make: rmsprop, defaults: RMSPROP_DEFAULTS },
} as const;

/**
 * An optimizer by its name.
 *
 * @param config name and options; what is left out has the defaults of PyTorch's optimizer of that name
 * @throws RangeError for an unknown name or option, or a value out of range
 */
export function createOptimizer(
  variables: readonly tf.Variable[],
  config: OptimizerConfig,
  learningRate: number,
): Optimizer {
  return makeOptimizer("createOptimizer", variables, config, learningRate);
}

/** The same for another public function, whose argument the config is. */
export function makeOptimizer(
  fn: string,
  variables: readonly tf.Variable[],
  config: OptimizerConfig,
  learningRate: number,
): Optimizer {
  const rules = { variables: listOf(aTensor), config: anObject, learningRate: aNumber };
  checkArguments(fn, { variables, config, learningRate }, rules);
  const { name, ...options } = withDefaults(config, fn);
  return calledAs(fn, () => OPTIMIZERS[name].make(variables, { ...options, learningRate } as never));
}

/** The config with all options, as a history records it. @throws RangeError for an unknown name or option */
export function withDefaults(config: OptimizerConfig, fn = "createOptimizer"): OptimizerConfig {
  checkValue(fn, "optimizer", config, anObject);
  const names = Object.keys(OPTIMIZERS);
  if (!names.includes(config.name))
    throw new RangeError(`${fn}: optimizer: name must be one of ${names.join(", ")}, got ${config.name}`);
  const { learningRate: _, ...defaults } = OPTIMIZERS[config.name].defaults;
  const known = ["name", ...Object.keys(defaults)];
  const unknown = Object.keys(config).find((option) => !known.includes(option));
  if (unknown !== undefined)
    throw new RangeError(
      `${fn}: optimizer: an option of ${config.name} must be one of ${known.join(", ")}, got ${unknown}`,
    );
  return { ...defaults, ...config };
}
