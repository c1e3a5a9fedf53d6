import { tf } from "../../backend/index.js";
import { oneOf } from "../../checks.js";
import { faultOf } from "../../rules.js";
import { forwardOf } from "../../layers/forward.js";
import { withCalls, type Call } from "../../layers/with-calls.js";

/** A layer of a model, or of a model within. */
export interface PlacedLayer {
  readonly layer: tf.layers.Layer;
  /** Its name, behind those of the models that it lies in: "block1/attention", "encoder/conv1". */
  readonly path: string;
  /** Whether it is a model, whose layers follow it. */
  readonly isModel: boolean;
}

/** One run of a layer. */
export interface LayerRun {
  /** Whose run it is. */
  readonly path: string;
  /** Which of the layer's runs in one pass, from 0: a layer may be used again. */
  readonly use: number;
  /** [B, …], the caller's to dispose of. */
  readonly tensor: tf.Tensor;
}

/** All layers of a model in its order, each once, those of models within behind the model that holds them. */
export function placedLayers(model: tf.LayersModel): PlacedLayer[] {
  const found = new Map<tf.layers.Layer, PlacedLayer>();
  const visit = (layers: readonly tf.layers.Layer[], before: string): void => {
    for (const layer of layers) {
      if (found.has(layer) || layer.getClassName() === "InputLayer") continue;
      const path = `${before}${layer.name}`;
      const isModel = "layers" in layer;
      found.set(layer, { layer, path, isModel });
      if (isModel) visit((layer as unknown as tf.LayersModel).layers, `${path}/`);
    }
  };
  visit(model.layers, "");
  return [...found.values()];
}

/**
 * Layers by their paths, or by their names where no other layer has the same.
 *
 * @throws RangeError for a name that is none, it lists those that are; or that several layers have
 */
export function layersNamed(
  fn: string,
  names: readonly string[],
  known: readonly PlacedLayer[],
  option = "layers",
): PlacedLayer[] {
  return names.map((name) => {
    const exact = known.filter(({ path }) => path === name);
    const found = exact.length > 0 ? exact : known.filter(({ layer }) => layer.name === name);
    if (found.length === 1) return found[0]!;
    if (found.length > 1) {
      const paths = found.map(({ path }) => path).join(", ");
      throw new RangeError(`${fn}: ${option} must name one layer each, got ${name}, which is any of ${paths}`);
    }
    const fault = faultOf(oneOf(known.map(({ path }) => path)), name, option)!;
    throw new fault.kind(`${fn}: ${fault.text}`);
  });
}

/** What is told of a run: its input, and what may be given in place of its output; undefined leaves that as it is. */
export type Watcher = (run: {
  readonly place: PlacedLayer;
  readonly use: number;
  readonly input: tf.Tensor;
  readonly output: () => tf.Tensor;
}) => tf.Tensor | undefined;

/** Runs `body`, which is synchronous, with each run of these layers told to `watcher`. */
export function watched<Result>(layers: readonly PlacedLayer[], watcher: Watcher, body: () => Result): Result {
  const calls = layers.map((place): [tf.layers.Layer, Call] => {
    const call = place.layer.call.bind(place.layer);
    let use = 0;
    return [
      place.layer,
      (inputs, kwargs) => {
        let given: tf.Tensor | tf.Tensor[] | undefined;
        const output = () => first((given ??= call(inputs, kwargs)));
        const other = watcher({ place, use: use++, input: first(inputs), output });
        if (other !== undefined) return tf.clone(other); // tfjs disposes of what a layer gives
        return given ?? call(inputs, kwargs);
      },
    ];
  });
  return withCalls(new Map(calls), body);
}

/** How a model is asked. */
export interface Asked {
  /** Whether a softmax at its end is left out. Default false. */
  readonly logits?: boolean;
}

/**
 * What layers give, or take, for images: in evaluation mode, in the order in which they run.
 *
 * @param of "output", or "input": what the layer takes, of several the first
 * @returns tensors that the caller disposes of, among them the model's own output
 */
export function recorded(
  model: tf.LayersModel,
  images: tf.Tensor,
  layers: readonly PlacedLayer[],
  { of = "output", logits = false }: Asked & { readonly of?: "output" | "input" } = {},
): { readonly runs: LayerRun[]; readonly output: tf.Tensor } {
  const kept: LayerRun[] = []; // tfjs disposes of what its layers give, in evaluation
  const watcher: Watcher = ({ place, use, input, output }) => {
    const tensor = tf.keep(tf.clone(of === "output" ? output() : input));
    kept.push({ path: place.path, use, tensor });
    return undefined;
  };
  try {
    const output = watched(layers, watcher, () => forwardOf(model, images, logits));
    return { runs: kept.map((run) => ({ ...run, tensor: tf.clone(run.tensor) })), output };
  } finally {
    for (const { tensor } of kept) tensor.dispose();
  }
}

function first(tensors: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(tensors) ? tensors[0]! : tensors;
}
