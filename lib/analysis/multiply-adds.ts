import { tf } from "../backend/index.js";
import { Conv2d, Linear, MultiHeadSelfAttention, SequencePooling, SpatialSelfAttention } from "../layers/index.js";

/**
 * Multiply-adds of one image's forward pass: those of convolutions, dense layers and attention (its products
 * included). Norms, activations, pooling, additions and biases are left out, as is customary.
 *
 * @throws TypeError for a layer that holds a matrix and is not known here
 */
export function multiplyAdds(model: tf.LayersModel): number {
  return model.layers.reduce((total, layer) => total + ofLayer(layer), 0);
}

function ofLayer(layer: tf.layers.Layer): number {
  const matrices = layer.weights.filter(({ shape, name }) => /kernel/.test(name) && shape.length >= 2);
  if (matrices.length === 0) return 0;
  const positions = placesOf(layer);
  const inMatrices = positions * matrices.reduce((total, { shape }) => total + product(shape), 0);
  switch (layer.getClassName()) {
    case "Conv2D":
    case "Dense":
    case Conv2d.className:
    case Linear.className:
      return inMatrices;
    case MultiHeadSelfAttention.className: // and q·kᵀ, weights·v
      return inMatrices + 2 * positions * positions * sizeOf(layer.input as tf.SymbolicTensor, -1);
    case SequencePooling.className: // a score for each token, then the weighted sum
      return 2 * product((layer.input as tf.SymbolicTensor).shape.slice(1));
    case SpatialSelfAttention.className: {
      const [, height, width] = (layer.input as tf.SymbolicTensor).shape as [null, number, number];
      const keys = Math.floor(height / 2) * Math.floor(width / 2);
      const inner = matrices[0]!.shape[1]! / 3;
      return inMatrices + 2 * positions * keys * inner;
    }
    default:
      throw new TypeError(`multiplyAdds: a layer with a kernel must be convolution, dense, pooling or attention, got ${layer.getClassName()} (${layer.name})`);
  }
}

/** At how many places of its output a layer applies its matrices. */
function placesOf(layer: tf.layers.Layer): number {
  return product((layer.output as tf.SymbolicTensor).shape.slice(1, -1));
}

function sizeOf(tensor: tf.SymbolicTensor, axis: number): number {
  return tensor.shape.at(axis)!;
}

function product(shape: readonly (number | null)[]): number {
  return shape.reduce<number>((total, size) => total * (size ?? 1), 1);
}
