import type { tf } from "../../backend/index.js";
import { aModel, aText, checkArguments, optional } from "../../checks.js";
import { didYouMean } from "../../nearest.js";
import { shownAs } from "../../shown.js";
import { usesOf } from "../graph/layer-uses.js";
import { tokenGrid, type TokenGrid } from "./token-places.js";

/** What a model adds to its tokens by their positions. */
export interface PositionalEmbeddings {
  /** The layer's name. */
  readonly layer: string;
  /** "learnable", or "sine": the fixed waves of sines and cosines. */
  readonly kind: "learnable" | "sine";
  /** [N, D]: a vector for each token, the class token's first where there is one. */
  readonly rows: readonly Float32Array[];
  /** How the tokens lie on the image; undefined where that is not found. */
  readonly tokens?: TokenGrid;
}

const KINDS: Readonly<Record<string, PositionalEmbeddings["kind"]>> = {
  PositionalEmbedding: "learnable",
  SinusoidalEmbedding: "sine",
};

/**
 * A model's positional embeddings [N, D], of a model within it too.
 *
 * @param layer its name, as an error lists them; needed where a model has more than one
 * @throws RangeError for a model that has none, for one that has several where none is named, and for a name that is
 *   none of them; TypeError for what is no model
 */
export function positionalEmbeddings(model: tf.LayersModel, layer?: string): PositionalEmbeddings {
  checkArguments("positionalEmbeddings", { model, layer }, { model: aModel, layer: optional(aText) });
  const uses = usesOf({ model }, (each) => each.getClassName() in KINDS);
  const names = uses.map(({ name }) => name);
  if (uses.length === 0)
    throw new RangeError(`positionalEmbeddings: model must have a positional embedding, got ${model.name} with none`);
  if (layer === undefined && uses.length > 1)
    throw new RangeError(`positionalEmbeddings: layer must be one of ${names.join(", ")}, got none`);
  const use = layer === undefined ? uses[0]! : uses[names.indexOf(layer)];
  if (use === undefined)
    throw new RangeError(
      `positionalEmbeddings: layer must be one of ${names.join(", ")}, got ${layer}${didYouMean(layer, names)}`,
    );
  const weight = use.layer.getWeights()[0]!; // [1, N, D]; the layer's own
  const [, count, size] = weight.shape as [number, number, number];
  const values = weight.dataSync() as Float32Array;
  const shape = model.inputs[0]!.shape.slice(1);
  const isImage = shape.length === 3 && !shape.includes(null);
  const tokens = isImage ? tokenGrid(use, count, shape as [number, number, number]) : undefined;
  return shownAs(
    {
      layer: use.name,
      kind: KINDS[use.layer.getClassName()]!,
      rows: shownAs(
        Array.from({ length: count }, (_, i) => values.slice(i * size, (i + 1) * size)),
        () => ({ "text/plain": `${count} rows of ${size} numbers` }),
      ),
      ...(tokens && { tokens }),
    },
    ({ layer: name, kind, rows }) => ({
      "text/plain": `${name}: ${kind} positional embeddings of ${rows.length} tokens, ${rows[0]!.length} numbers each`,
    }),
  );
}
