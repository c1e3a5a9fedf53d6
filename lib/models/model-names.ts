/** Short names of timm's networks. */
export const ALIASES = {
  vit_ti16: "vit_tiny_patch16_224",
  vit_s16: "vit_small_patch16_224",
  vit_b16: "vit_base_patch16_224",
  vit_s32: "vit_small_patch32_224",
  vit_b32: "vit_base_patch32_224",
} as const;

/**
 * What versions before 0.2 called a network whose name was not the field's. `resnet18/34/50`, `vgg16`, `vgg16_bn` and
 * `alexnet` were the sources' variants then; they are torchvision's now, and the variants have names of their own.
 */
export const RENAMED = {
  transformer: "small_vit_image_rows, or small_vit with true patches,",
  resnet18_torchvision: "resnet18",
  resnet34_torchvision: "resnet34",
  resnet50_torchvision: "resnet50",
  vgg16_torchvision: "vgg16",
  vgg16_bn_torchvision: "vgg16_bn",
  alexnet_torchvision: "alexnet",
  vgg1: "vgg16_cifar_no_first_conv",
  vgg2: "vgg16_cifar_no_last_conv",
  vgg3: "vgg16_cifar_one_hidden",
} as const;

/** One of the short names. */
export type ModelAlias = keyof typeof ALIASES;
