import type { NameRule } from "../names.js";

/**
 * ViT-Lite, CVT and CCT, as the authors' program names them. Source: github.com/SHI-Labs/Compact-Transformers, src/.
 */
export const COMPACT_TRANSFORMERS: readonly NameRule[] = [
  ["tokenizer/conv{i}", "tokenizer.conv_layers.{i-1}.0"],
  ["tokenizer/embed", "tokenizer.conv_layers.0.0"],
  ["class_token/token", "classifier.class_emb"],
  ["position/embedding", "classifier.positional_emb"],
  ["block{i}/norm1", "classifier.blocks.{i-1}.pre_norm"],
  ["block{i}/attention/qkv", "classifier.blocks.{i-1}.self_attn.qkv"],
  ["block{i}/attention/out", "classifier.blocks.{i-1}.self_attn.proj"],
  ["block{i}/norm2", "classifier.blocks.{i-1}.norm1"],
  ["block{i}/dense{j}", "classifier.blocks.{i-1}.linear{j}"],
  ["norm", "classifier.norm"],
  ["pool", "classifier.attention_pool"],
  ["head", "classifier.fc"],
];
