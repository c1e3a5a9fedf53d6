import type { tf } from "../backend/index.js";
import { withDefaults, type ModelConfig, type Whole } from "./model-config.js";

/** One row of the registry. */
export interface ModelEntry<C extends ModelConfig = ModelConfig> {
  /** As `createModel` takes it. */
  readonly name: string;
  /** Models that one builder makes, and whose weights have one table of names: "cct", "vit", "resnet". */
  readonly family: Family;
  /** Makes the model of a whole config. */
  build(config: C): tf.LayersModel;
  /** The default config, whole; `createModel` lays overrides over it. */
  readonly config: Whole<C>;
  /** Where the architecture is from, and what of it is ours. */
  readonly source: string;
  /** The count of parameters that the source prints for this config; null where it prints none. */
  readonly published: PublishedCount | null;
}

/** A count of parameters as a source prints it. */
export interface PublishedCount {
  /** As printed: "21,298,314", "3.168 M". */
  readonly figure: string;
  /** Which count it is: the program torchsummary leaves out class token, positions and attention's own weights. */
  readonly convention: "all of them" | "as torchsummary counts";
}

/** Families of models: each has one builder, and one table of names for its weights. */
export const FAMILIES = [
  "airbench",
  "alexnet",
  "cct",
  "cnn_self_attention",
  "cvt",
  "myvit",
  "plain_cnn",
  "resnet",
  "small_vit",
  "vgg",
  "vit",
  "vit_lite",
] as const;
/** One of them. */
export type Family = (typeof FAMILIES)[number];

/** What is told of one model; its name is its key in {@link variantsOf}'s table. */
export interface Variant<C extends ModelConfig> {
  /** What differs from the builder's defaults, and what has none. */
  readonly config: C;
  readonly source: string;
  /** Left out where the source prints no count. */
  readonly published?: PublishedCount;
}

/**
 * The registry's rows of a family's models, which one builder makes.
 *
 * @param defaults the builder's
 */
export function variantsOf<C extends ModelConfig, N extends string>(
  family: Family,
  build: (config: C) => tf.LayersModel,
  defaults: Partial<Stated<C>>,
  variants: Readonly<Record<N, Variant<Stated<C>>>>,
): { readonly [K in N]: ModelEntry<C> } {
  const rows = Object.entries<Variant<C>>(variants).map(([name, { config, source, published = null }]) => [
    name,
    { name, family, build, config: withDefaults<C>(config, defaults), source, published },
  ]);
  return Object.fromEntries(rows) as { readonly [K in N]: ModelEntry<C> };
}

/** A type that is not inferred from here: NoInfer, which the TypeScript of tslab's kernel does not know. */
type Stated<C> = [C][C extends unknown ? 0 : never];

/** A printed count of all parameters. */
export function allOf(figure: string): PublishedCount {
  return { figure, convention: "all of them" };
}

/** A printed count that the program torchsummary made. */
export function asTorchsummary(figure: string): PublishedCount {
  return { figure, convention: "as torchsummary counts" };
}
