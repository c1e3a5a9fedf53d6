import { tf } from "../backend/index.js";
import type { CompactTransformerConfig } from "./compact-transformer.js";
import { compactVariants, type CompactName } from "./compact-variants.js";
import { cnnSelfAttention, type CnnSelfAttentionConfig } from "./cnn-self-attention.js";
import type { ModelConfig } from "./parts.js";
import { plainCnn, type PlainCnnConfig } from "./plain-cnn.js";
import { resnet, type ResnetConfig } from "./resnet.js";
import { vit, type VitConfig } from "./vit.js";

/** One model by its name. */
export interface ModelEntry<C extends ModelConfig = ModelConfig> {
  readonly name: string;
  readonly build: (config: C) => tf.LayersModel;
  /** The default config; `createModel` lays overrides over it. */
  readonly config: C;
  readonly source: string;
  /** Numbers in the weights of the default config, all of them. */
  readonly params: number;
  /** What the program torchsummary counts: without bare parameters (class token, positional embedding). */
  readonly paramsTorchsummary: number;
  /** The count that the source prints, and what it leaves out. */
  readonly published: { readonly figure: string; readonly convention: string };
  /** [H, W, C] of the default config. */
  readonly inputShape: readonly [number, number, number];
}

/** The configs by model name, for typed overrides. */
export interface ModelConfigs extends Readonly<Record<CompactName, CompactTransformerConfig>> {
  readonly cnn_self_attention: CnnSelfAttentionConfig;
  readonly transformer: VitConfig;
  readonly mynet: PlainCnnConfig;
  readonly cnn7: PlainCnnConfig;
  readonly fashion_cnn: PlainCnnConfig;
  readonly resnet34: ResnetConfig;
}

export type ModelName = keyof ModelConfigs;

const CIFAR = { inputShape: [32, 32, 3], numClasses: 10, seed: 0 } as const;

/** Every model that `createModel` makes. */
export const registry: { readonly [N in ModelName]: ModelEntry<ModelConfigs[N]> } = {
  cnn_self_attention: {
    name: "cnn_self_attention",
    build: cnnSelfAttention,
    config: { ...CIFAR, filters: [32, 64, 128, 256, 128], reduction: 8, kernelSize: 3, attention: true },
    source: "STUDIES.md §3; attention: Wang et al. 2018",
    params: 737_294,
    paramsTorchsummary: 737_294,
    published: { figure: "737,294", convention: "all of them" },
    inputShape: [32, 32, 3],
  },
  transformer: {
    name: "transformer",
    build: vit,
    config: { ...CIFAR, patchForm: "image-rows", patchSize: 4, embedDim: 64, depth: 3, numHeads: 4, hiddenDim: 256 },
    source: "STUDIES.md §3, after Dosovitskiy et al. 2021",
    params: 159_498,
    paramsTorchsummary: 155_274,
    published: { figure: "159,498", convention: "all of them" },
    inputShape: [32, 32, 3],
  },
  ...compactVariants,
  mynet: plain("mynet", { filters: [16, 32, 64, 128], poolAfter: [2, 3, 4] }, 117_930, "STUDIES.md §2"),
  cnn7: plain("cnn7", { filters: [64, 256, 512], poolAfter: [1, 2, 3] }, 1_411_594, "STUDIES.md §2"),
  fashion_cnn: plain("fashion_cnn", { inputShape: [28, 28, 1], filters: [16, 16], padding: "valid", poolAfter: [], hidden: [100] }, 925_190, "STUDIES.md §6"),
  resnet34: {
    name: "resnet34",
    build: resnet,
    config: { ...CIFAR, inputShape: [224, 224, 3], blocks: [3, 4, 6, 3], filters: [64, 128, 256, 512] },
    source: "STUDIES.md §5, after He et al. 2015, table 1",
    params: 21_315_338,
    paramsTorchsummary: 21_298_314,
    published: { figure: "21,298,314", convention: "without the moving statistics" },
    inputShape: [224, 224, 3],
  },
};

/**
 * A new model: the registry's default config with the overrides laid over it.
 *
 * @example createModel("transformer", { patchForm: "patches", seed: 1 })
 * @returns a model of images [B, H, W, C], float32, to logits [B, numClasses]; the caller disposes of it
 * @throws RangeError for an unknown name (it lists the known), an unknown option, or sizes that do not fit
 */
export function createModel<N extends ModelName>(name: N, overrides: Partial<ModelConfigs[N]> = {}): tf.LayersModel {
  if (!Object.hasOwn(registry, name)) {
    throw new RangeError(`createModel: name must be one of ${Object.keys(registry).join(", ")}, got ${JSON.stringify(name)}`);
  }
  const entry = registry[name];
  for (const option of Object.keys(overrides)) {
    if (!Object.hasOwn(entry.config, option)) {
      throw new RangeError(`createModel: an option of ${name} must be one of ${Object.keys(entry.config).join(", ")}, got ${option}`);
    }
  }
  return entry.build({ ...entry.config, ...overrides });
}

function plain<N extends string>(name: N, sizes: Partial<PlainCnnConfig> & Pick<PlainCnnConfig, "filters" | "poolAfter">, params: number, source: string): ModelEntry<PlainCnnConfig> & { readonly name: N } {
  const config: PlainCnnConfig = { ...CIFAR, kernelSize: 3, padding: "same", hidden: [], ...sizes };
  const published = { figure: params.toLocaleString("en"), convention: "all of them" };
  return { name, build: plainCnn, config, source, params, paramsTorchsummary: params, published, inputShape: config.inputShape };
}
