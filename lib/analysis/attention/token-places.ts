import type { tf } from "../../backend/index.js";
import { callBefore, isModel, type LayerUse, type Scope } from "../graph/layer-uses.js";

/** How a transformer's tokens lie on its image, as it is found in the model. */
export interface TokenGrid {
  /**
   * "patches": the tokens are a grid of the image's squares, row by row; "image-rows": each is a stretch of the
   * channels-first image's numbers, and has no place of its own.
   */
  readonly form: "patches" | "image-rows";
  /** Tokens before the image's own: 1 with a class token, 0 without. */
  readonly numPrefixTokens: number;
  /** Rows of the grid; of image-rows the image's height. */
  readonly rows: number;
  /** Columns of the grid; of image-rows the image's width. */
  readonly columns: number;
  /** [H, W, C] */
  readonly imageShape: readonly [number, number, number];
}

/**
 * How the tokens that a layer takes in lie on the image: its input is followed back to where the tokens are cut,
 * through models within models.
 *
 * @returns undefined where that is not found: tokens that are merged or mixed with others on their way
 */
export function tokenGrid(use: LayerUse, tokens: number, imageShape: TokenGrid["imageShape"]): TokenGrid | undefined {
  let numPrefixTokens = 0;
  for (const { layer, input, output } of chainBefore(use)) {
    if (layer.getClassName() === "ClassToken") numPrefixTokens += 1;
    const cut = cutOf(layer, input, output);
    if (cut === undefined) continue;
    if (cut === null) return undefined;
    const { form, rows, columns, count } = cut;
    return count + numPrefixTokens === tokens ? { form, numPrefixTokens, rows, columns, imageShape } : undefined;
  }
  return undefined;
}

interface Link {
  readonly layer: tf.layers.Layer;
  readonly input: tf.SymbolicTensor;
  readonly output: tf.SymbolicTensor;
}

/** The layers before a use of a layer, the nearest first; of several inputs the first is followed. */
function* chainBefore({ input, scope }: LayerUse): Generator<Link> {
  let tensor = input;
  let here: Scope = scope;
  for (;;) {
    const layer = tensor.sourceLayer;
    if (layer.getClassName() === "InputLayer") {
      if (here.outer === undefined) return;
      tensor = here.inputs![here.model.inputs.indexOf(tensor)] ?? here.inputs![0]!;
      here = here.outer;
      continue;
    }
    const { inputs } = callBefore(tensor);
    if (isModel(layer)) {
      here = { model: layer, inputs, outer: here };
      tensor = layer.outputs[tensor.outputTensorIndex ?? 0]!;
      continue;
    }
    yield { layer, input: inputs[0]!, output: tensor };
    tensor = inputs[0]!;
  }
}

/**
 * What a layer cuts tokens into.
 *
 * @returns undefined for a layer that leaves them as they are, null for one after which they have no place
 */
function cutOf(
  layer: tf.layers.Layer,
  input: tf.SymbolicTensor,
  output: tf.SymbolicTensor,
): (Pick<TokenGrid, "form" | "rows" | "columns"> & { readonly count: number }) | null | undefined {
  const [height, width] = input.shape.slice(1) as [number, number];
  if (layer.getClassName() === "ImageRows")
    return { form: "image-rows", rows: height, columns: width, count: output.shape[1]! };
  if (layer.getClassName() === "Patches") {
    const side = Number(layer.getConfig()["patchSize"]);
    return { form: "patches", rows: height / side, columns: width / side, count: output.shape[1]! };
  }
  if (output.shape.length === 3 && input.shape.length === 3) return undefined;
  if (output.shape.length !== 3 || input.shape.length !== 4) return null;
  const [, tokens, size] = output.shape;
  // A feature map's pixels, one after another.
  if (tokens !== height * width || size !== input.shape[3]) return null;
  return { form: "patches", rows: height, columns: width, count: tokens };
}
