import type { tf } from "../../backend/index.js";
import { callBefore, isModel, usesOf, type LayerUse, type Scope } from "../graph/layer-uses.js";
import { fieldBehind } from "./layer-fields.js";
import { pixels, type Field } from "./spans.js";

/** What each use of a layer sees of the image [H, W, C], in the order of the model; undefined where it is not known. */
export function fieldsOf(
  model: tf.LayersModel,
  image: readonly [number, number, number],
): { readonly use: LayerUse; readonly field: Field | undefined }[] {
  const fields = new Fields(image);
  const uses = usesOf({ model }, (layer) => layer.getClassName() !== "InputLayer");
  return uses.map((use) => ({ use, field: fields.of(use.output, use.scope) }));
}

/** What each tensor of a model, and of models within it, sees. */
class Fields {
  private readonly known = new Map<Scope, Map<tf.SymbolicTensor, Field | undefined>>();
  constructor(private readonly image: readonly [number, number, number]) {}

  of(tensor: tf.SymbolicTensor, scope: Scope): Field | undefined {
    const known = this.known.get(scope) ?? new Map<tf.SymbolicTensor, Field | undefined>();
    this.known.set(scope, known);
    if (!known.has(tensor)) known.set(tensor, this.#computed(tensor, scope));
    return known.get(tensor);
  }

  #computed(tensor: tf.SymbolicTensor, scope: Scope): Field | undefined {
    const layer = tensor.sourceLayer;
    const { inputs: given, outer, model } = scope;
    if (layer.getClassName() === "InputLayer") {
      if (!outer) return { kind: "map", axes: [pixels(this.image[0]), pixels(this.image[1])] };
      return this.of(given![model.inputs.indexOf(tensor)] ?? given![0]!, outer);
    }
    const { inputs } = callBefore(tensor);
    if (isModel(layer)) {
      const inner = layer.outputs[tensor.outputTensorIndex ?? 0]!;
      return this.of(inner, { model: layer, inputs, outer: scope });
    }
    const fields = inputs.map((input) => this.of(input, scope));
    if (fields.includes(undefined)) return undefined;
    const [inputShape, outputShape] = [inputs[0]!.shape.slice(1), tensor.shape.slice(1)];
    return fieldBehind({ layer, fields: fields as Field[], inputShape, outputShape });
  }
}
