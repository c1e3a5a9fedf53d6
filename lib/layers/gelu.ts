import { ops, tf } from "../backend/index.js";
import { oneOf, optional } from "../checks.js";
import { layerArgs, single, singleShape, type LayerArgs } from "./support.js";

/** What {@link Gelu} takes. */
export interface GeluArgs extends LayerArgs {
  /** "exact" by the error function, "tanh" its approximation. Default "exact". */
  readonly form?: ops.GeluForm;
}

/**
 * The Gaussian error linear unit, with its gradient written out. Input and output: any one shape.
 * Source: Hendrycks & Gimpel 2016.
 */
export class Gelu extends tf.layers.Layer {
  /** Its name in a saved model. */
  static readonly className = "Gelu";
  private readonly form: ops.GeluForm;

  constructor(args: GeluArgs = {}) {
    super(layerArgs("Gelu", args, { form: optional(oneOf(["exact", "tanh"])) }));
    this.form = args.form ?? "exact";
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return ops.gelu(single(inputs), this.form);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return singleShape(inputShape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), form: this.form };
  }
}
tf.serialization.registerClass(Gelu);
