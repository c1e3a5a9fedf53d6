import type { tf } from "../../../backend/index.js";
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

/**
 * VGG: torchvision counts convolutions, norms, ReLUs and pools through, then the dense layers with their ReLUs and
 * dropouts. Source: torchvision/models/vgg.py.
 */
export function vggTable(model: tf.LayersModel): readonly NameRule[] {
  const features = model.layers.map(({ name }) => name).filter((name) => /^stage\d+\/(conv|norm|pool)/.test(name));
  const batchNorm = features.some((name) => name.includes("/norm"));
  let at = 0;
  const rules = features.map((name): NameRule => {
    const rule: NameRule = [name, `features.${at}`];
    at += name.includes("/norm") || (!batchNorm && name.includes("/conv")) ? 2 : 1; // with the ReLU behind it
    return rule;
  });
  return [...rules, ...classifier(model, 0)];
}

/** AlexNet. Source: torchvision/models/alexnet.py. */
export function alexnetTable(model: tf.LayersModel): readonly NameRule[] {
  return [...[0, 3, 6, 8, 10].map((at, i): NameRule => [`conv${i + 1}`, `features.${at}`]), ...classifier(model, 1)];
}

/**
 * Each dense layer has a ReLU and a dropout to itself. @param first number of the first dense layer: 1 where a dropout
 * comes before it
 */
function classifier(model: tf.LayersModel, first: number): readonly NameRule[] {
  const hidden = model.layers.filter(({ name }) => /^dense\d+$/.test(name)).length;
  const rules = Array.from({ length: hidden }, (_, i): NameRule => [`dense${i + 1}`, `classifier.${3 * i + first}`]);
  return [...rules, ["head", `classifier.${3 * hidden}`]]; // the last has no dropout before it in AlexNet
}
