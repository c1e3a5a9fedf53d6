import { compile, tf } from "../../backend/index.js";
import { aModel, checkArguments, checkOptions, inRange, optional } from "../../checks.js";
import { percentText, shownAs } from "../../shown.js";
import { tableBundle } from "../summary/show-summary.js";
import { activationKind, type ActivationKind } from "./activation-kinds.js";
import { runName } from "./feature-maps.js";
import { imageSource, PASS_RULES, someImages, type Images, type PassOptions } from "./image-source.js";
import { placedLayers, recorded, type PlacedLayer } from "./watch.js";

/** How the units of one activation behave. A unit is a channel of a map, or one of a token's or an image's numbers. */
export interface UnitActivity {
  /** The layer that is the activation or ends in it, as `featureMaps` names it; "(2)" behind it for its second run. */
  readonly layer: string;
  /** The function: "relu", "gelu", "tanh", "sigmoid". */
  readonly activation: string;
  /** How many units it has. */
  readonly units: number;
  /** Share of values above 0, 0 to 1. */
  readonly positive: number;
  /**
   * Share of units that are above 0 for no image at no place, 0 to 1; null for a function that does not flatten below 0
   * (tanh, sigmoid).
   */
  readonly dead: number | null;
  /**
   * Share of values, over images, places and units, where the function's slope is below `threshold` of its greatest, 0
   * to 1; null for a function whose slope does not fall at an end (ReLU, GELU).
   */
  readonly saturated: number | null;
  /** Share of units that are saturated for each image at each place, 0 to 1; null as for `saturated`. */
  readonly alwaysSaturated: number | null;
}

/** What {@link unitActivity} takes. */
export interface UnitActivityOptions extends PassOptions {
  /**
   * Below which share of the function's greatest slope a value counts as saturated, above 0 and below 1. Default 0.05:
   * for tanh beyond ±0.975, for sigmoid below 0.0127 or above 0.9873.
   */
  readonly threshold?: number;
}

/** One pass over one activation. */
interface Sums {
  readonly layer: string;
  readonly kind: ActivationKind;
  /** Values of each unit. */
  values: number;
  /** By unit: how many are above 0, saturated; not a number. */
  readonly positive: Float64Array;
  readonly saturated: Float64Array;
  notNumbers: number;
}

/**
 * Dead and saturated units by activation, in the model's order: of layers that are one, and of convolutions and dense
 * layers that end in one. In evaluation mode. Where a value is not a number, so are the shares.
 *
 * @throws RangeError for an option out of range, or a model without such a layer; TypeError for images of another shape
 * Source: ours, after Glorot & Bengio 2010, §3 (saturation), and Maas et al. 2013, §4 (dead units).
 */
export async function unitActivity(
  model: tf.LayersModel,
  images: Images,
  options: UnitActivityOptions = {},
): Promise<readonly UnitActivity[]> {
  checkArguments("unitActivity", { model, images }, { model: aModel, images: someImages });
  checkOptions("unitActivity", options, { ...PASS_RULES, threshold: optional(inRange({ above: 0, below: 1 })) });
  const { threshold = 0.05 } = options;
  const places = placedLayers(model).filter(({ layer }) => activationKind(layer) !== undefined);
  if (places.length === 0)
    throw new RangeError("unitActivity: model must have a layer with an activation function, got none");
  const sums = await summed(model, images, { ...options, threshold, places });
  const found = sums.map((one) => activityOf(one));
  return shownAs(found, (shown) => activityTable(shown, threshold));
}

async function summed(
  model: tf.LayersModel,
  images: Images,
  options: PassOptions & { readonly threshold: number; readonly places: readonly PlacedLayer[] },
): Promise<Sums[]> {
  const { threshold, places } = options;
  const source = imageSource("unitActivity", model, images, options);
  let runs: readonly Pick<Sums, "layer" | "kind">[] = [];
  const count = compile(
    (batch: tf.Tensor) => {
      const found = recorded(model, batch, places).runs;
      runs = found.map(({ path, use }) => ({
        layer: runName({ layer: path, use }),
        kind: activationKind(places.find((place) => place.path === path)!.layer)!,
      }));
      return found.map(({ tensor }, i) => counted(tensor, runs[i]!.kind, threshold));
    },
    { name: "unitActivity" },
  );
  const sums: Sums[] = [];
  try {
    await source.each(async (batch) => {
      const counts = await count(batch);
      for (const [i, one] of counts.entries()) await add(sums, i, runs[i]!, one);
      tf.dispose(counts);
    });
  } finally {
    count.dispose();
  }
  return sums;
}

/** Of each unit: values above 0, saturated, not numbers, all [4, U]. */
function counted(y: tf.Tensor, kind: ActivationKind, threshold: number): tf.Tensor {
  const rows = tf.reshape(y, [-1, y.shape.at(-1)!]); // [values, U]
  const sum = (marks: tf.Tensor) => tf.sum(tf.cast(marks, "float32"), 0); // [U]
  const none = tf.zeros([rows.shape[1]!]);
  const saturated = kind.slope ? sum(tf.less(kind.slope(rows), threshold)) : none;
  const all = tf.add(none, rows.shape[0]!);
  return tf.stack([sum(tf.greater(rows, 0)), saturated, sum(tf.notEqual(rows, rows)), all]);
}

async function add(sums: Sums[], i: number, run: Pick<Sums, "layer" | "kind">, counts: tf.Tensor): Promise<void> {
  const units = counts.shape[1]!;
  const one = (sums[i] ??= {
    ...run,
    values: 0,
    positive: new Float64Array(units),
    saturated: new Float64Array(units),
    notNumbers: 0,
  });
  const values = await counts.data();
  for (let unit = 0; unit < units; unit++) {
    one.positive[unit]! += values[unit]!;
    one.saturated[unit]! += values[units + unit]!;
    one.notNumbers += values[2 * units + unit]!;
  }
  one.values += values[3 * units]!;
}

function activityOf({ layer, kind, values, positive, saturated, notNumbers }: Sums): UnitActivity {
  const units = positive.length;
  const known = (value: number) => (notNumbers > 0 ? Number.NaN : value);
  const meanOf = (counts: Float64Array) => known(counts.reduce((sum, count) => sum + count, 0) / (units * values));
  const shareOf = (counts: Float64Array, wanted: number) =>
    known(counts.filter((count) => count === wanted).length / units);
  return {
    layer,
    activation: kind.name,
    units,
    positive: meanOf(positive),
    dead: kind.cuts ? shareOf(positive, 0) : null,
    saturated: kind.slope ? meanOf(saturated) : null,
    alwaysSaturated: kind.slope ? shareOf(saturated, values) : null,
  };
}

function activityTable(found: readonly UnitActivity[], threshold: number) {
  const share = (value: number | null) => (value === null ? "–" : percentText(value));
  const rows = found.map(({ layer, activation, units, positive, dead, saturated, alwaysSaturated }) => [
    layer,
    activation,
    String(units),
    ...[positive, dead, saturated, alwaysSaturated].map(share),
  ]);
  return tableBundle(
    ["layer", "activation", "units", "above 0", "dead units", "saturated", "always saturated"],
    rows,
    `Saturated: a slope below ${threshold} of the function's greatest`,
  );
}
