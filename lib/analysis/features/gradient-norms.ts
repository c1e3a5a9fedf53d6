import { compile, ops, tf } from "../../backend/index.js";
import {
  aFunction,
  aList,
  aModel,
  aTensor,
  checkArguments,
  checkOptions,
  either,
  oneOf,
  optional,
  type Rules,
} from "../../checks.js";
import { forwardOf } from "../../layers/forward.js";
import { shownAs } from "../../shown.js";
import { tableBundle } from "../summary/show-summary.js";
import { imageSource, PASS_RULES, someImages, type Images, type PassOptions } from "./image-source.js";
import { labelsOf } from "./label-source.js";
import { placedLayers } from "./watch.js";

/** How steep a loss is in a model's weights. */
export interface GradientNorms {
  /** Mean over the images, without what regularizers add. */
  readonly loss: number;
  /** L2 norm of the gradient in the weights of each layer or block, by its name, in the model's order. */
  readonly norms: Readonly<Record<string, number>>;
  /** L2 norm of the gradient in all trained weights: the root of the sum of the squares above. */
  readonly total: number;
}

/** What {@link gradientNorms} takes. */
export interface GradientNormsOptions extends PassOptions {
  /**
   * "layer"; or "block": what lies together before the last slash of the layers' names, "block1" of
   * "block1/attention", or in a model within. A layer with no slash is its own block. Default "layer".
   */
  readonly by?: "layer" | "block";
  /** Of logits [B, K] and labels, the mean over a batch's images, as `fit` takes it. Default softmax cross-entropy. */
  readonly loss?: (logits: tf.Tensor2D, labels: tf.Tensor) => tf.Tensor;
}

const RULES: Rules = {
  ...PASS_RULES,
  by: optional(oneOf(["layer", "block"])),
  loss: optional(aFunction),
};

/** Weights of one layer or block. */
type Groups = ReadonlyMap<string, readonly tf.Variable[]>;

/**
 * Gradient norms: the L2 norm of the loss's gradient in the weights of each layer or block, for these images together.
 * In evaluation mode, without dropout and with the moving statistics of batch norms; a softmax at the model's end is
 * left out, as the loss takes logits. Frozen weights have none; a weight that several layers share counts once, at the
 * first. Changes nothing, so that it can be asked after each epoch:
 *
 * @param images normalized, or a set in memory; `batchSize` at a time, whose gradients are averaged
 * @param labels class indices [N], in an array or an int32 tensor; or what `loss` takes, a tensor
 * @throws RangeError for an option out of range, a label that is no class, or a model without a weight that is trained;
 *   TypeError for images of another shape
 * @example callbacks: { epoch: async () => rows.push(await gradientNorms(model, few, few.labels, { by: "block" })) }
 */
export async function gradientNorms(
  model: tf.LayersModel,
  images: Images,
  labels: tf.Tensor | ArrayLike<number>,
  options: GradientNormsOptions = {},
): Promise<GradientNorms> {
  const fn = "gradientNorms";
  const someLabels = { ...either(aTensor, aList), what: "class indices, an array, or a tensor" };
  checkArguments(fn, { model, images, labels }, { model: aModel, images: someImages, labels: someLabels });
  checkOptions(fn, options, RULES);
  const { by = "layer", loss } = options;
  const source = imageSource(fn, model, images, options);
  const targets = labelsOf(fn, labels, source.count, loss ? null : classesOf(fn, model));
  try {
    const groups = groupsOf(model, by);
    if (groups.size === 0) throw new RangeError(`${fn}: model must have a weight that is trained, got none`);
    const variables = [...groups.values()].flat();
    const lossOf = loss ?? ((logits: tf.Tensor2D, own: tf.Tensor) => ops.softmaxCrossEntropy(logits, own));
    const backward = compile(
      (batch: tf.Tensor, own: tf.Tensor): tf.Tensor[] => {
        const { value, grads } = tf.variableGrads(
          () => tf.mean(lossOf(forwardOf(model, batch, true) as tf.Tensor2D, own)),
          variables,
        );
        return [value, ...variables.map((variable) => grads[variable.name] ?? tf.zerosLike(variable))];
      },
      { name: fn },
    );
    try {
      const [mean, ...gradients] = await averaged(source, targets, backward);
      return await normsOf(groups, mean!, gradients);
    } finally {
      backward.dispose();
    }
  } finally {
    targets.dispose();
  }
}

/** @returns K @throws TypeError for a model whose output is not [B, K] */
function classesOf(fn: string, model: tf.LayersModel): number {
  const { shape } = model.outputs[0]!;
  const [, classes] = shape;
  if (shape.length !== 2 || classes == null || classes < 2) {
    const got = shape.map((size) => size ?? "B").join(", ");
    throw new TypeError(
      `${fn}: model must give logits [B, K] of 2 classes or more where no loss is given, got [${got}]`,
    );
  }
  return classes;
}

/** The trained weights by layer or block, each once. */
function groupsOf(model: tf.LayersModel, by: "layer" | "block"): Groups {
  const trained = new Set(model.trainableWeights);
  const groups = new Map<string, tf.Variable[]>();
  for (const { layer, path, isModel } of placedLayers(model)) {
    if (isModel) continue;
    const name = by === "layer" ? path : path.slice(0, path.includes("/") ? path.lastIndexOf("/") : path.length);
    for (const weight of layer.trainableWeights) {
      if (!trained.delete(weight)) continue;
      const variable = weight.read() as tf.Variable;
      const known = [...groups.values()].some((variables) => variables.includes(variable));
      if (!known) groups.set(name, [...(groups.get(name) ?? []), variable]);
    }
  }
  return groups;
}

/** What a batch gives, the mean over all images: the caller's to dispose of. */
async function averaged(
  source: ReturnType<typeof imageSource>,
  targets: tf.Tensor,
  backward: (batch: tf.Tensor, own: tf.Tensor) => Promise<tf.Tensor[]>,
): Promise<tf.Tensor[]> {
  let sums: tf.Tensor[] = [];
  const zeros = targets.shape.slice(1).map(() => 0);
  await source.each(async (batch, first) => {
    const size = batch.shape[0]!;
    const own = tf.slice(targets, [first, ...zeros], [size, ...targets.shape.slice(1)]);
    try {
      const found = await backward(batch, own);
      const added = tf.tidy(() =>
        found.map((one, i) => {
          const part = tf.mul(one, size / source.count);
          return sums[i] ? tf.add(sums[i], part) : part;
        }),
      );
      tf.dispose([found, sums]);
      sums = added;
    } finally {
      own.dispose();
    }
  });
  return sums;
}

async function normsOf(groups: Groups, mean: tf.Tensor, gradients: tf.Tensor[]): Promise<GradientNorms> {
  const squares = tf.tidy(() => tf.stack([tf.reshape(mean, []), ...gradients.map((one) => tf.sum(tf.square(one)))]));
  tf.dispose([mean, gradients]);
  const [loss, ...all] = await squares.data();
  squares.dispose();
  const norms: Record<string, number> = {};
  let at = 0;
  for (const [name, variables] of groups) {
    norms[name] = Math.sqrt(variables.reduce((sum) => sum + all[at++]!, 0));
  }
  const total = Math.sqrt(all.reduce((sum, square) => sum + square, 0));
  return shownAs({ loss: loss!, norms, total }, (shown) => {
    const rows = Object.entries(shown.norms).map(([name, norm]) => [name, norm.toPrecision(3)]);
    const title = `Gradient of a loss of ${shown.loss.toFixed(4)}: L2 norm ${shown.total.toPrecision(3)} in all`;
    return tableBundle(["weights of", "L2 norm"], rows, title);
  });
}
