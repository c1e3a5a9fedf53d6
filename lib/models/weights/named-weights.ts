import { tf } from "../../backend/index.js";
import { byPlace } from "./numbering.js";

/** One weight of a model, of one of its layers or of a model or a wrapper inside of it. */
export interface NamedWeight {
  /** Ours, which no other weight of the model has: "block1/attention/qkv_kernel". */
  readonly name: string;
  /**
   * With the names of the models that it lies in before it: "resnet/stem/conv/kernel". The same where it lies in none.
   */
  readonly path: string;
  /** The name in a file: where tfjs counted the layers over the process, here they are counted within the model. */
  readonly stored: string;
  readonly variable: tf.LayerVariable;
  /** The layer that holds it. */
  readonly layer: tf.layers.Layer;
  /** The models and wrappers that the layer lies in, the outermost first. */
  readonly within: readonly tf.layers.Layer[];
  /** Whether it learns, unlike a batch norm's statistics. */
  readonly learns: boolean;
}

/** All weights by layer, in an order that freezing does not change: of a layer the learned ones, then what it keeps. */
export function namedWeights(model: tf.LayersModel): readonly NamedWeight[] {
  const found = [...weightsOf(model)];
  const paths = found.map(({ variable, within }) => pathOf(variable.originalName, within));
  const originals = found.map(({ variable }) => variable.originalName);
  const names = distinct(originals.map((name, i) => (isRepeated(originals, name) ? paths[i]! : name)));
  const stored = byPlace(names);
  return found.map((weight, i) => ({ ...weight, name: names[i]!, path: paths[i]!, stored: stored[i]! }));
}

type Found = Pick<NamedWeight, "variable" | "layer" | "within" | "learns">;

/** All weights of a layer and of its parts, in an order that freezing does not change. */
export function weightsWithin(layer: tf.layers.Layer): readonly tf.LayerVariable[] {
  return layersFrom([layer]).flatMap((each) => [...learned(each.layer), ...kept(each.layer)]);
}

function weightsOf(model: tf.LayersModel): ReadonlySet<Found> {
  const own = new Set(model.weights);
  const found = new Set<Found>();
  for (const { layer, within } of layersFrom(model.layers)) {
    for (const [list, learns] of [[learned(layer), true] as const, [kept(layer), false] as const]) {
      for (const variable of list) if (own.delete(variable)) found.add({ variable, layer, within, learns });
    }
  }
  // Of a layer that keeps its parts where they are not found.
  for (const layer of model.layers) {
    for (const variable of layer.weights)
      if (own.delete(variable)) found.add({ variable, layer, within: [], learns: true });
  }
  return found;
}

/** These and every layer in them, with those that it lies in, each once. */
export function layersFrom(layers: readonly tf.layers.Layer[]): readonly Pick<NamedWeight, "layer" | "within">[] {
  const found = new Map<tf.layers.Layer, readonly tf.layers.Layer[]>();
  const visit = (layer: tf.layers.Layer, within: readonly tf.layers.Layer[]): void => {
    if (found.has(layer)) return;
    found.set(layer, within);
    for (const part of partsOf(layer)) visit(part, [...within, layer]);
  };
  for (const layer of layers) visit(layer, []);
  return [...found].map(([layer, within]) => ({ layer, within }));
}

/** The layers of a model, and what a wrapper or a recurrent layer holds. */
function partsOf(layer: tf.layers.Layer): readonly tf.layers.Layer[] {
  if (isModel(layer)) return layer.layers;
  return Object.values(layer)
    .flat()
    .filter((value) => value instanceof tf.layers.Layer);
}

/** A tf.sequential trains all of its weights anew when it is built, so that what is frozen before is not. */
export function build(layers: readonly tf.layers.Layer[]): void {
  for (const { layer } of layersFrom(layers)) if (isModel(layer) && !layer.built) layer.build(layer.inputs[0]!.shape);
}

export function isModel(layer: tf.layers.Layer): layer is tf.LayersModel {
  return "layers" in layer && "inputLayers" in layer;
}

/** A weight that was made inside of a model has its name already. */
function pathOf(name: string, within: readonly tf.layers.Layer[]): string {
  return within
    .filter(isModel)
    .reduceRight((path, model) => (path.startsWith(`${model.name}/`) ? path : `${model.name}/${path}`), name);
}

function isRepeated(names: readonly string[], name: string): boolean {
  return names.indexOf(name) !== names.lastIndexOf(name);
}

/** Names that still are the same get numbers, from the second on. */
function distinct(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return names.map((name) => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  });
}

/** tfjs' own lists; its public ones change with `trainable`. */
function learned(layer: tf.layers.Layer): readonly tf.LayerVariable[] {
  return (layer as unknown as { _trainableWeights: tf.LayerVariable[] })._trainableWeights;
}

function kept(layer: tf.layers.Layer): readonly tf.LayerVariable[] {
  return (layer as unknown as { _nonTrainableWeights: tf.LayerVariable[] })._nonTrainableWeights;
}
