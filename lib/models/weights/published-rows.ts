import type { ModelName } from "../registry.js";
import type { WeightNames } from "./names.js";

/** Weights that others publish, and the model of ours that they fit. */
export interface PublishedRow {
  /** "timm/resnet18.tv_in1k" */
  readonly name: string;
  /** As `createModel` takes it. */
  readonly model: ModelName;
  /** What differs from that model's own config. */
  readonly config: {
    /** K. */
    readonly numClasses: number;
    /** [H, W, C], where the model's own is another. */
    readonly inputShape?: readonly [number, number, number];
  };
  /** Whose names the file has. */
  readonly names: Exclude<WeightNames, "saccade" | "torch">;
  /** Where the file is published. */
  readonly url: string;
  /** Roughly: numbers times 4. */
  readonly sizeBytes: number;
  /** Lower-case hexadecimal; its first digits where the authors publish no more; null where they publish none. */
  readonly sha256: string | null;
  /** Of the images that they were trained on, per channel of pixels in 0 to 1. */
  readonly mean: readonly [number, number, number];
  /** Their standard deviation, likewise. */
  readonly std: readonly [number, number, number];
  /** The authors'. */
  readonly licence: string;
}

const IMAGENET = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
const HALF = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;
const CIFAR = {
  10: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  100: { mean: [0.5071, 0.4867, 0.4408], std: [0.2675, 0.2565, 0.2761] },
} as const;

/**
 * Every published file that is known by name.
 *
 * Sources: timm 1.0.31's pretrained configs, whose files lie on Hugging Face without a digest in timm; torchvision
 * 0.28.0's `*_Weights`, whose file names end in the first eight digits of their SHA-256; and the model_urls and configs
 * of github.com/SHI-Labs/Compact-Transformers, which publishes no digest.
 */
export const PUBLISHED: readonly PublishedRow[] = [
  timm("vit_tiny_patch16_224.augreg_in21k_ft_in1k", "vit_tiny_patch16_224", 5_717_416, HALF),
  timm("vit_tiny_patch16_384.augreg_in21k_ft_in1k", "vit_tiny_patch16_224", 5_790_376, HALF, 384),
  timm("vit_small_patch16_224.augreg_in21k_ft_in1k", "vit_small_patch16_224", 22_050_664, HALF),
  timm("vit_small_patch16_224.augreg_in1k", "vit_small_patch16_224", 22_050_664, HALF),
  timm("vit_small_patch32_224.augreg_in21k_ft_in1k", "vit_small_patch32_224", 22_878_952, HALF),
  timm("vit_base_patch16_224.augreg_in21k_ft_in1k", "vit_base_patch16_224", 86_567_656, HALF),
  timm("vit_base_patch16_224.augreg2_in21k_ft_in1k", "vit_base_patch16_224", 86_567_656, HALF),
  timm("vit_base_patch16_224.augreg_in1k", "vit_base_patch16_224", 86_567_656, HALF),
  timm("vit_base_patch16_384.augreg_in21k_ft_in1k", "vit_base_patch16_224", 86_859_496, HALF, 384),
  timm("vit_base_patch32_224.augreg_in21k_ft_in1k", "vit_base_patch32_224", 88_224_232, HALF),
  timm("resnet18.tv_in1k", "resnet18", 11_689_512, IMAGENET, 224, "BSD-3-Clause"),
  timm("resnet18.a1_in1k", "resnet18", 11_689_512, IMAGENET),
  timm("resnet34.tv_in1k", "resnet34", 21_797_672, IMAGENET, 224, "BSD-3-Clause"),
  timm("resnet34.a1_in1k", "resnet34", 21_797_672, IMAGENET),
  timm("resnet50.tv_in1k", "resnet50", 25_557_032, IMAGENET, 224, "BSD-3-Clause"),
  torchvision("alexnet.IMAGENET1K_V1", "alexnet", 61_100_840, "alexnet-owt-7be5be79.pth"),
  torchvision("vgg16.IMAGENET1K_V1", "vgg16", 138_357_544, "vgg16-397923af.pth"),
  torchvision("vgg16_bn.IMAGENET1K_V1", "vgg16_bn", 138_365_992, "vgg16_bn-6c64b313.pth"),
  torchvision("resnet18.IMAGENET1K_V1", "resnet18", 11_689_512, "resnet18-f37072fd.pth"),
  torchvision("resnet34.IMAGENET1K_V1", "resnet34", 21_797_672, "resnet34-b627a593.pth"),
  torchvision("resnet50.IMAGENET1K_V1", "resnet50", 25_557_032, "resnet50-0676ba61.pth"),
  torchvision("resnet50.IMAGENET1K_V2", "resnet50", 25_557_032, "resnet50-11ad3fa6.pth"),
  torchvision("vit_b_16.IMAGENET1K_V1", "vit_b_16", 86_567_656, "vit_b_16-c867db91.pth"),
  torchvision("vit_b_32.IMAGENET1K_V1", "vit_b_32", 88_224_232, "vit_b_32-d86f8d99.pth"),
  compactTransformer("cct_7_3x1_32_cifar10_300epochs", 10, 3_760_139),
  compactTransformer("cct_7_3x1_32_cifar100_300epochs", 100, 3_783_269),
];

function timm(
  name: string,
  model: ModelName,
  numbers: number,
  statistics: Pick<PublishedRow, "mean" | "std">,
  side = 224,
  licence = "Apache-2.0",
): PublishedRow {
  const config = { numClasses: 1000, inputShape: [side, side, 3] } as const;
  return {
    name: `timm/${name}`,
    model,
    config,
    names: "timm",
    url: `https://huggingface.co/timm/${name}/resolve/main/model.safetensors`,
    sizeBytes: 4 * numbers,
    sha256: null,
    ...statistics,
    licence,
  };
}

function torchvision(name: string, model: ModelName, numbers: number, file: string): PublishedRow {
  const [, sha256] = /-([0-9a-f]{8})\.pth$/.exec(file)!;
  return {
    name: `torchvision/${name}`,
    model,
    config: { numClasses: 1000 },
    names: "torchvision",
    url: `https://download.pytorch.org/models/${file}`,
    sizeBytes: 4 * numbers,
    sha256: sha256!,
    ...IMAGENET,
    licence: "BSD-3-Clause",
  };
}

function compactTransformer(name: string, numClasses: 10 | 100, numbers: number): PublishedRow {
  const url = `https://shi-labs.com/projects/cct/checkpoints/pretrained/${name}.pth`;
  return {
    name: `compact-transformers/${name}`,
    model: "cct_7_3x1_32",
    config: { numClasses },
    names: "compact-transformers",
    url,
    sizeBytes: 4 * numbers,
    sha256: null,
    ...CIFAR[numClasses],
    licence: "Apache-2.0",
  };
}
