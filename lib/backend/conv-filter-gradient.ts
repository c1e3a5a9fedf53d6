import * as tf from "@tensorflow/tfjs";

interface Attributes {
  readonly strides: number | [number, number];
  readonly pad: "valid" | "same" | number;
  readonly dataFormat: string;
  readonly dimRoundingMode?: "floor" | "round" | "ceil";
  readonly filterShape: [number, number, number, number];
}

/**
 * Registers the gradient of a 2-D convolution's filter for a backend that lacks it, as matrix products: at every place
 * (i, j) of the filter, dW[i, j] = xᵢⱼᵀ · dy, with xᵢⱼ the input's pixels that this place meets, [B·OH·OW, C].
 */
export function registerConvFilterGradient(backendName: string): void {
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName,
    kernelFunc: ({ inputs, attrs }) => {
      const { x, dy } = inputs as { x: tf.Tensor4D; dy: tf.Tensor4D };
      return filterGradient(x, dy, attrs as unknown as Attributes);
    },
  });
}

function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  { strides, pad, dataFormat, dimRoundingMode, filterShape }: Attributes,
): tf.Tensor {
  if (dataFormat !== "NHWC")
    throw new TypeError(`conv2d: the gradient of the filter needs dataFormat NHWC, got ${dataFormat}`);
  const info = tf.backend_util.computeConv2DInfo(x.shape, filterShape, strides, 1, pad, dimRoundingMode);
  const { batchSize, inChannels, outChannels, outHeight, outWidth, strideHeight, strideWidth, padInfo } = info;
  return tf.tidy(() => {
    const { top, bottom, left, right } = padInfo;
    const padded = tf.pad(x, [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0],
    ]);
    const gradient = tf.reshape(dy, [-1, outChannels]) as tf.Tensor2D; // [B·OH·OW, K]
    const places: tf.Tensor[] = [];
    for (let i = 0; i < filterShape[0]; i++) {
      for (let j = 0; j < filterShape[1]; j++) {
        const end = [
          batchSize,
          i + (outHeight - 1) * strideHeight + 1,
          j + (outWidth - 1) * strideWidth + 1,
          inChannels,
        ];
        const met = tf.stridedSlice(padded, [0, i, j, 0], end, [1, strideHeight, strideWidth, 1]); // [B, OH, OW, C]
        // Transposed first: the backend's fast matrix product takes no transposed input.
        places.push(tf.matMul(tf.transpose(tf.reshape(met, [-1, inChannels])) as tf.Tensor2D, gradient)); // [C, K]
      }
    }
    return tf.reshape(tf.stack(places), filterShape);
  });
}
