import { tf } from "../backend/index.js";
import { aFlag, optional, type Rules } from "../checks.js";
import { startsOf } from "./default-initializers.js";
import {
  anInitializer,
  restoreInitializer,
  saveInitializer,
  type Initializer,
  type InitializerLike,
} from "./initializers.js";
import { layerArgs, type LayerArgs } from "./support.js";

/** What a layer with a kernel and a bias takes. */
export interface KernelArgs extends LayerArgs {
  /** Default true. */
  readonly useBias?: boolean;
  /** See createInitializer. Default: PyTorch's, U(−1/√fanIn, 1/√fanIn), another start each time. */
  readonly kernelInitializer?: InitializerLike;
  /** Default: PyTorch's, as the kernel's. */
  readonly biasInitializer?: InitializerLike;
}

const RULES: Rules = {
  useBias: optional(aFlag),
  kernelInitializer: optional(anInitializer),
  biasInitializer: optional(anInitializer),
};

/** A layer with a kernel [..., out] and, unless useBias is false, a bias [out]. */
export abstract class KernelLayer extends tf.layers.Layer {
  private readonly useBias: boolean;
  private readonly kernelInitializer: Initializer;
  /** Undefined until build, where none was given: PyTorch's is of the kernel's fan-in. */
  private biasInitializer: Initializer | undefined;
  /** [..., out], once the layer is built. */
  protected kernel!: tf.LayerVariable;
  /** [out]; undefined where useBias is false. */
  protected bias?: tf.LayerVariable;

  /** @param rules of the arguments that the layer has besides */
  constructor(layer: string, args: KernelArgs, rules: Rules) {
    super(layerArgs(layer, args, { ...rules, ...RULES }));
    const { useBias = true, kernelInitializer, biasInitializer } = args;
    this.useBias = useBias;
    this.kernelInitializer = restoreInitializer(layer, "kernelInitializer", kernelInitializer, startsOf.kernel);
    this.biasInitializer =
      biasInitializer && restoreInitializer(layer, "biasInitializer", biasInitializer, startsOf.zeros);
  }

  /** The kernel's shape for an input: the last axis is what comes out. */
  protected abstract kernelShape(inputShape: tf.Shape | tf.Shape[]): readonly number[];

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = this.kernelShape(inputShape);
    this.kernel = this.addWeight("kernel", [...shape], "float32", this.kernelInitializer);
    if (this.useBias) {
      this.biasInitializer ??= startsOf.bias(shape.slice(0, -1).reduce((all, size) => all * size, 1));
      this.bias = this.addWeight("bias", [shape.at(-1)!], "float32", this.biasInitializer);
    }
    super.build(inputShape);
  }

  /** The arguments of a {@link KernelArgs}, for `getConfig`. */
  protected kernelConfig(): tf.serialization.ConfigDict {
    return {
      useBias: this.useBias,
      kernelInitializer: saveInitializer(this.kernelInitializer),
      ...(this.biasInitializer && { biasInitializer: saveInitializer(this.biasInitializer) }),
    };
  }
}
