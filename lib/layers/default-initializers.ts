import { tf } from "../backend/index.js";
import { createInitializer } from "./create-initializer.js";
import { torchUniform, type Initializer } from "./initializers.js";

/**
 * What a layer's weights start from where its arguments do not say: as PyTorch's layer of the same kind, and another
 * start each time. An initializer with a seed, of `createInitializer`, gives the same one again.
 */
export const startsOf = {
  /** `nn.Linear`'s and `nn.Conv2d`'s kernel: U(−1/√fanIn, 1/√fanIn). */
  kernel: (): Initializer => createInitializer("torch_default", drawnSeed()),
  /** Their bias, by the fan-in of its kernel. */
  bias: (fanIn: number): Initializer => torchUniform(fanIn, drawnSeed()),
  /** `nn.MultiheadAttention`'s kernel of query, key and value. */
  qkvKernel: (): Initializer => createInitializer("xavier_uniform", drawnSeed()),
  /** timm's and torchvision's positions: N(0, 0.02²). */
  positions: (): Initializer => tf.initializers.randomNormal({ mean: 0, stddev: 0.02, seed: drawnSeed() }),
  zeros: (): Initializer => tf.initializers.zeros(),
} as const;

function drawnSeed(): number {
  return 1 + Math.floor(Math.random() * 2 ** 31);
}
