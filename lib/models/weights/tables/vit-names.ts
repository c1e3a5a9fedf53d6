import type { NameRule } from "../names.js";

/** Vision transformers, as timm names them. Source: timm/models/vision_transformer.py. */
export const TIMM_VIT: readonly NameRule[] = [
  ["embed", "patch_embed.proj"],
  ["class_token/token", "cls_token"],
  ["position/embedding", "pos_embed"],
  ["block{i}/norm{j}", "blocks.{i-1}.norm{j}"],
  ["block{i}/attention/qkv", "blocks.{i-1}.attn.qkv"],
  ["block{i}/attention/out", "blocks.{i-1}.attn.proj"],
  ["block{i}/dense{j}", "blocks.{i-1}.mlp.fc{j}"],
  ["norm", "norm"],
  ["head", "head"],
];

/** The same, as torchvision names them. Source: torchvision/models/vision_transformer.py. */
export const TORCHVISION_VIT: readonly NameRule[] = [
  ["embed", "conv_proj"],
  ["class_token/token", "class_token"],
  ["position/embedding", "encoder.pos_embedding"],
  ["block{i}/norm{j}", "encoder.layers.encoder_layer_{i-1}.ln_{j}"],
  ["block{i}/attention/qkv", "encoder.layers.encoder_layer_{i-1}.self_attention.in_proj_"],
  ["block{i}/attention/out", "encoder.layers.encoder_layer_{i-1}.self_attention.out_proj"],
  ["block{i}/dense1", "encoder.layers.encoder_layer_{i-1}.mlp.0"],
  ["block{i}/dense2", "encoder.layers.encoder_layer_{i-1}.mlp.3"],
  ["norm", "encoder.ln"],
  ["head", "heads.head"],
];
