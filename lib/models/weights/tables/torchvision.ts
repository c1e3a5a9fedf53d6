import type { NameRule } from "../names.js";

/** Residual networks, as torchvision (and timm) name them. Source: torchvision/models/resnet.py. */
export const RESNET: readonly NameRule[] = [
  ["stem/conv", "conv1"],
  ["stem/norm", "bn1"],
  ["stage{s}/block{b}/conv{i}", "layer{s}.{b-1}.conv{i}"],
  ["stage{s}/block{b}/norm{i}", "layer{s}.{b-1}.bn{i}"],
  ["stage{s}/block{b}/shortcut", "layer{s}.{b-1}.downsample.0"],
  ["stage{s}/block{b}/shortcut_norm", "layer{s}.{b-1}.downsample.1"],
  ["head", "fc"],
];
