/**
 * What timm and torchvision call a network that is the same here. Their resnet34 and vgg16 are `resnet34_torchvision`
 * and `vgg16_torchvision`: the plain names are the studies'.
 */
export const ALIASES = {
  vit_tiny_patch16_224: "vit_ti16",
  vit_small_patch16_224: "vit_s16",
  vit_base_patch16_224: "vit_b16",
  vit_b_16: "vit_b16",
  vit_small_patch32_224: "vit_s32",
  vit_base_patch32_224: "vit_b32",
  vit_b_32: "vit_b32",
} as const;

export type ModelAlias = keyof typeof ALIASES;
