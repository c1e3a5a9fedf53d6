import type { tf } from "../backend/index.js";
import { aTensor, calledAs, checkArguments, either, listOf, notNegative, oneOf, variant } from "../checks.js";
import { ADAM_DEFAULTS, ADAM_RULES, ADAMW_DEFAULTS, makeAdam, makeAdamW, type AdamOptions } from "./adam.js";
import { filled } from "../filled.js";
import { optimizerHint, withHint } from "./called-elsewhere.js";
import type { Optimizer } from "./optimizer-interface.js";
import { makeRmsprop, RMSPROP_DEFAULTS, RMSPROP_RULES, type RmspropOptions } from "./rmsprop.js";
import { checkNesterov, makeSgd, SGD_DEFAULTS, SGD_RULES, type SgdOptions } from "./sgd.js";

export type { Optimizer };

/** No `Omit`: hovering over an option behind one shows nothing of what it is. */
export type Named<Name extends string, Options> = Options & {
  /** Which optimizer. */
  readonly name: Name;
  /** The run's own option, or createOptimizer's argument, says it. */
  readonly learningRate?: never;
};

/** An optimizer as plain data, by its name and options; the learning rate is the run's. */
export type OptimizerConfig =
  | Named<"adam", AdamOptions>
  | Named<"adamw", AdamOptions>
  | Named<"sgd", SgdOptions>
  | Named<"rmsprop", RmspropOptions>;

/** An optimizer by its name alone, with PyTorch's defaults. */
export type OptimizerName = OptimizerConfig["name"];

const OPTIMIZERS = {
  adam: { make: makeAdam, defaults: ADAM_DEFAULTS, rules: ADAM_RULES },
  adamw: { make: makeAdamW, defaults: ADAMW_DEFAULTS, rules: ADAM_RULES },
  sgd: { make: makeSgd, defaults: SGD_DEFAULTS, rules: SGD_RULES },
  rmsprop: { make: makeRmsprop, defaults: RMSPROP_DEFAULTS, rules: RMSPROP_RULES },
} as const;

const NAMES = Object.keys(OPTIMIZERS) as OptimizerName[];

/** What options are called in PyTorch, Keras and timm. */
const ALIASES = {
  learningRate: "learningRate beside the optimizer",
  lr: "learningRate beside the optimizer",
  betas: "beta1",
  eps: "epsilon",
  rho: "alpha",
  decay: "weightDecay",
  l2: "weightDecay",
};

/** An optimizer's name, or its name and options. */
export const anOptimizer = withHint(
  either(
    oneOf(NAMES),
    variant(
      "its name and options",
      "name",
      Object.fromEntries(NAMES.map((name) => [name, withoutRate(OPTIMIZERS[name].rules)])),
      { aliases: ALIASES },
    ),
  ),
  optimizerHint,
);

function withoutRate<Whole extends object>({
  learningRate: _,
  ...rest
}: Whole & { readonly learningRate?: unknown }): Omit<Whole, "learningRate"> {
  return rest;
}

/**
 * An optimizer by its name.
 *
 * @param variables what it changes, at least one
 * @param config "adamw", or name and options; what is left out has the defaults of PyTorch's optimizer of that name
 * @param learningRate step size, 0 or more
 * @throws TypeError or RangeError for an unknown name or option, a value out of range, or no variables
 * @example createOptimizer(variables, "adamw", 1e-3)
 */
export function createOptimizer(
  variables: readonly tf.Variable[],
  config: OptimizerConfig | OptimizerName,
  learningRate: number,
): Optimizer {
  const rules = { variables: listOf(aTensor), config: anOptimizer, learningRate: notNegative };
  checkArguments("createOptimizer", { variables, config, learningRate }, rules);
  const whole = filledOptimizer("createOptimizer", config, "config");
  return calledAs("createOptimizer", () => makeOptimizer(variables, whole, learningRate));
}

/**
 * The optimizer of a whole config that has been checked.
 *
 * @param decayScales what each variable's weight decay is multiplied by. Default 1
 */
export function makeOptimizer(
  variables: readonly tf.Variable[],
  { name, ...options }: OptimizerConfig,
  learningRate: number,
  decayScales?: readonly number[],
): Optimizer {
  return OPTIMIZERS[name].make(variables, { ...options, learningRate } as never, decayScales);
}

/**
 * The config with all options, as a history records it; each has been checked.
 *
 * @param path of the argument or option that it is
 * @throws RangeError for nesterov without momentum
 */
export function filledOptimizer(
  fn: string,
  config: OptimizerConfig | OptimizerName,
  path: "optimizer" | "config",
): OptimizerConfig {
  const { name, ...options } = typeof config === "string" ? { name: config } : config;
  const whole = filled(withoutRate(OPTIMIZERS[name].defaults), options);
  checkNesterov(fn, whole, `${path}.`);
  return { ...whole, name } as OptimizerConfig;
}
