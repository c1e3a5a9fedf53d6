import { tf } from "../backend/index.js";
import { aModel, anInteger, calledAs, checkArguments, checkOptions, oneOf, optional } from "../checks.js";
import { INITIALIZER_RULES } from "../layers/create-initializer.js";
import {
  createInitializer,
  INITIALIZER_NAMES,
  seedFor,
  type InitializerName,
  type InitializerOptions,
} from "../layers/index.js";
import { namedWeights } from "./weights/named-weights.js";

/** What {@link initialize} takes besides: what the initializer of that name takes, and a seed. */
export interface InitializeOptions extends InitializerOptions {
  /** Of the fresh weights, any whole number: each weight draws by it and by its own name. Default 0. */
  readonly seed?: number;
}

/**
 * Draws a model's kernels anew, those of convolutions, dense layers and attention, and sets their biases to 0:
 * PyTorch's `model.apply` with an initializer of `nn.init`. Norms, class tokens and positional embeddings stay.
 *
 * @param model its weights are changed
 * @param name of the initializer, see `layers.createInitializer`; N(0, 0.01²) is "trunc_normal" without its cuts
 * @returns our names of the kernels that were drawn
 * @throws RangeError for an unknown name, an option that the name does not have, a value out of range, or a model
 *   without a kernel
 * @example models.initialize(model, "kaiming_normal", { mode: "fan_out", nonlinearity: "relu", seed: 1 })
 */
export function initialize(
  model: tf.LayersModel,
  name: InitializerName,
  options: InitializeOptions = {},
): readonly string[] {
  checkArguments("initialize", { model, name }, { model: aModel, name: oneOf(INITIALIZER_NAMES) });
  checkOptions("initialize", options, { ...INITIALIZER_RULES, seed: optional(anInteger) });
  const { seed = 0, ...rest } = options;
  const all = namedWeights(model);
  const kernels = all.filter(({ name: own, learns }) => learns && own.endsWith("kernel"));
  if (kernels.length === 0) throw new RangeError("initialize: model must have a kernel, got none");
  const layers = new Set(kernels.map(({ layer }) => layer));
  const drawing = kernels.map(({ name: own, variable }) => {
    return { variable, initializer: calledAs("initialize", () => createInitializer(name, seedFor(seed, own), rest)) };
  });
  tf.tidy(() => {
    for (const { variable, initializer } of drawing) variable.write(initializer.apply(variable.shape));
    for (const { name: own, variable, layer } of all)
      if (layers.has(layer) && own.endsWith("bias")) variable.write(tf.zeros(variable.shape as number[]));
  });
  return kernels.map(({ name: own }) => own);
}
