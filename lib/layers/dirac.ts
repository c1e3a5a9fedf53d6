import { tf } from "../backend/index.js";
import { tidyValues } from "../backend/tidy-values.js";
import { ConfiguredInitializer } from "./configured-initializer.js";
import { FanScaling } from "./fan-scaling.js";

export interface DiracConfig {
  /** What the filters start from that are more than the input channels. */
  readonly remainder: "zeros" | "torch_default";
  /** Of those: any whole number but 0. */
  readonly seed: number;
}

/**
 * The kernel [height, width, in, out] of a convolution that passes its input on (Dirac delta): filter c is 1 at its
 * middle pixel of channel c and 0 elsewhere, for each c below both in and out.
 * Source: Zagoruyko & Komodakis 2017, "DiracNets", as PyTorch's `dirac_`; the remainder of PyTorch's default is Jordan
 * 2024, §3.2.
 */
export class DiracKernel extends ConfiguredInitializer<DiracConfig> {
  /** Its name in a saved model. */
  static readonly className = "DiracKernel";

  override apply(shape: tf.Shape): tf.Tensor {
    const { remainder, seed } = this.config;
    const sizes = shape as number[];
    if (sizes.length !== 4)
      throw new RangeError(
        `dirac: a weight must be a convolution's kernel [height, width, in, out], got [${sizes.join(", ")}]`,
      );
    const [height, width, channels, filters] = sizes as [number, number, number, number];
    const [middle, passed] = [Math.floor(height / 2) * width + Math.floor(width / 2), Math.min(channels, filters)];
    const values = new Float32Array(height * width * channels * filters);
    if (remainder === "torch_default") values.set(drawn(sizes, seed));
    values.forEach((_, i) => {
      const [filter, channel] = [i % filters, Math.floor(i / filters) % channels];
      const isMiddle = Math.floor(i / (filters * channels)) === middle;
      if (filter < passed) values[i] = Number(isMiddle && filter === channel);
    });
    return tf.tensor(values, sizes);
  }
}
tf.serialization.registerClass(DiracKernel);

/** As PyTorch's `nn.Conv2d` starts. */
function drawn(shape: readonly number[], seed: number): Float32Array {
  const start = new FanScaling({ distribution: "uniform", scale: 1 / 3, mode: "fanIn", seed });
  return tidyValues(() => start.apply([...shape])) as Float32Array;
}
