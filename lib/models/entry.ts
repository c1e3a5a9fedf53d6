import type { tf } from "../backend/index.js";
import type { ModelConfig } from "./parts.js";

/** One row of the registry. */
export interface ModelEntry<C extends ModelConfig = ModelConfig> {
  readonly name: string;
  /** Models that one builder makes, and whose weights have one table of names: "cct", "vit", "resnet". */
  readonly family: Family;
  build(config: C): tf.LayersModel;
  /** The default config; `createModel` lays overrides over it. */
  readonly config: C;
  /** Where the architecture is from, and what of it is ours. */
  readonly source: string;
  /** Numbers that training learns, for the default config: what PyTorch's `parameters()` counts. */
  readonly params: number;
  /** Numbers that are kept and not learned: moving statistics of batch norm, waves of positions. PyTorch's buffers. */
  readonly buffers: number;
  /**
   * What the program torchsummary counts: no bare parameters (class token, positional embedding), and for the vit
   * family, whose reference takes `nn.MultiheadAttention`, 0 for attention.
   */
  readonly paramsTorchsummary: number;
  /** The count that the source prints; null where it prints none. */
  readonly published: PublishedCount | null;
  /** [H, W, C] of the default config. */
  readonly inputShape: readonly [height: number, width: number, channels: number];
}

export interface PublishedCount {
  /** As printed: "21,298,314", "3.168 M". */
  readonly figure: string;
  /** Which count it is. */
  readonly convention: "all of them" | "as torchsummary counts";
  /** For how many classes. */
  readonly numClasses: number;
}

export const FAMILIES = [
  "alexnet",
  "cct",
  "cnn_self_attention",
  "cvt",
  "myvit",
  "plain_cnn",
  "resnet",
  "transformer",
  "vgg",
  "vit",
  "vit_lite",
] as const;
export type Family = (typeof FAMILIES)[number];

/** What a family's table gives for each row; the rest of {@link ModelEntry} is the family's. */
export type Row<N extends string, C extends ModelConfig> = ModelEntry<C> & { readonly name: N };

/** The rows by their names. */
export function byName<const R extends readonly ModelEntry[]>(rows: R): ByName<R[number]> {
  return Object.fromEntries(rows.map((row) => [row.name, row])) as unknown as ByName<R[number]>;
}

type ByName<E extends ModelEntry> = { readonly [N in E["name"]]: Extract<E, { readonly name: N }> };
