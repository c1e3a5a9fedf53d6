import {
  aCount,
  aliasesAmong,
  anImageShape,
  anInteger,
  anObject,
  checkArguments,
  checkValue,
  strangerOf,
  type Aliases,
  type Rules,
} from "../checks.js";
import { filled } from "../filled.js";

/** What every model's config holds. */
export interface ModelConfig {
  /** [H, W, C] of a normalized float32 image: height and width in pixels, channels. */
  readonly inputShape: readonly [height: number, width: number, channels: number];
  /** Logits that come out, one for each class. */
  readonly numClasses: number;
  /** Any integer: the same seed gives the same first weights. Default 0. */
  readonly seed?: number;
}

/** A config with its defaults in place. */
export type Whole<C> = { readonly [K in keyof C]-?: C[K] };

const RULES: Rules = { inputShape: anImageShape, numClasses: aCount, seed: anInteger };

/** What options are called in PyTorch's, timm's and Keras' models. */
const OPTION_ALIASES: Aliases = {
  imageSize: "inputShape",
  imgSize: "inputShape",
  inputSize: "inputShape",
  inChans: "inputShape",
  inChannels: "inputShape",
  classes: "numClasses",
  outFeatures: "numClasses",
  dim: "embedDim",
  hiddenSize: "embedDim",
  layers: "depth",
  numLayers: "depth",
  heads: "numHeads",
  mlpDim: "mlpRatio",
  dropout: "dropRate",
  attnDrop: "attnDropRate",
  attentionDropout: "attnDropRate",
  stochasticDepth: "dropPathRate",
  dropPath: "dropPathRate",
  eps: "normEpsilon",
  layerNormEps: "normEpsilon",
  randomSeed: "seed",
};

/** {@link OPTION_ALIASES} of the options that a model has. */
export function aliasesOf(options: object): Aliases {
  return aliasesAmong(OPTION_ALIASES, options);
}

/** The config over its defaults; an option of undefined is one that is left out. */
export function withDefaults<C extends ModelConfig>(config: C, defaults: Partial<C>): Whole<C> {
  return filled<object>({ seed: 0, ...defaults }, config) as Whole<C>;
}

/**
 * A builder's config with its defaults in place.
 *
 * @param fn the builder's public name
 * @param rules of every option but those that all models have
 * @throws RangeError for an unknown option (it lists the known, and the nearest) or a value out of range, TypeError for
 *   one that is missing or of another kind
 */
export function wholeConfig<C extends ModelConfig>(
  fn: string,
  config: C,
  defaults: Partial<C>,
  rules: Readonly<Record<Exclude<keyof C, keyof ModelConfig>, Rules[string]>>,
): Whole<C> {
  checkValue(fn, "config", config, anObject);
  const all: Rules = { ...RULES, ...(rules as Rules) };
  const stranger = strangerOf(config, Object.keys(all), { aliases: aliasesOf(all) });
  if (stranger !== undefined) throw new stranger.kind(`${fn}: ${stranger.text}`);
  const whole = withDefaults(config, defaults);
  checkArguments(fn, whole, all);
  return whole;
}
