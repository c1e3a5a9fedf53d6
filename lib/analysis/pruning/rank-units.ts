import type { tf } from "../../backend/index.js";
import { aModel, aText, checkArguments, checkOptions, oneOf, optional } from "../../checks.js";
import { DISPLAY, shownAs, type ShowsItself } from "../../shown.js";
import { table } from "../../table.js";
import { lastName, weightsOf } from "./model-graph.js";
import { unitLayer } from "./removal.js";

/** The norm by which units are ranked: the sum of a unit's absolute weights, or the root of their squares' sum. */
export type UnitNorm = "l1" | "l2";

/** One filter or neuron. */
export interface RankedUnit {
  /** From 0. */
  readonly unit: number;
  /** Of its weights, without the bias. */
  readonly norm: number;
}

/** A layer's units, the smallest norm first: the order in which they are pruned. */
export interface UnitRanking {
  /** The layer's name. */
  readonly layer: string;
  /** The norm that ranks them. */
  readonly by: UnitNorm;
  /** The smallest norm first; of equal ones the lower unit. */
  readonly units: readonly RankedUnit[];
}

/** What {@link rankUnits} takes besides. */
export interface RankUnitsOptions {
  /** Default "l1". */
  readonly norm?: UnitNorm;
}

/** Units that a reader is shown, from either end. */
const SHOWN = 8;

/**
 * A layer's filters or neurons by the norm of their weights, the smallest first; of equal norms the lower unit first.
 * The bias does not count.
 *
 * @param layer the name of a convolution or a dense layer
 * @throws RangeError for another layer, and for weights that are not finite: they have no order
 * Source: Li et al. 2017, §3.1, as PyTorch's `nn.utils.prune.ln_structured` with dim=0 ranks them (n=1, n=2), which
 * says nothing of equal norms.
 * @example rankUnits(model, "conv1").units.map(({ unit }) => unit)
 */
export function rankUnits(model: tf.LayersModel, layer: string, options: RankUnitsOptions = {}): UnitRanking {
  checkArguments("rankUnits", { model, layer }, { model: aModel, layer: aText });
  checkOptions("rankUnits", options, { norm: optional(aNorm) });
  return shown(rankingOf("rankUnits", model, layer, options.norm ?? "l1"));
}

/** "l1" or "l2". */
export const aNorm = oneOf(["l1", "l2"]);

/** {@link rankUnits} under the name of the public function that was called. */
export function rankingOf(fn: string, model: tf.LayersModel, name: string, by: UnitNorm): UnitRanking {
  const layer = unitLayer(fn, model, name);
  const isKernel = (weight: tf.LayerVariable): boolean => ["kernel", "pointwise_kernel"].includes(lastName(weight));
  const kernel = weightsOf(layer).find(isKernel)!.read();
  const norms = new Float64Array(kernel.shape.at(-1)!);
  for (const [i, value] of kernel.dataSync().entries())
    norms[i % norms.length]! += by === "l1" ? Math.abs(value) : value ** 2;
  const units = Array.from(norms, (sum, unit) => ({ unit, norm: by === "l1" ? sum : Math.sqrt(sum) }));
  const wrong = units.find(({ norm }) => !Number.isFinite(norm));
  if (wrong !== undefined)
    throw new RangeError(`${fn}: weights must be finite, got a norm of ${wrong.norm} at unit ${wrong.unit} of ${name}`);
  return { layer: name, by, units: units.toSorted((a, b) => a.norm - b.norm || a.unit - b.unit) };
}

function shown(ranking: UnitRanking): UnitRanking & ShowsItself {
  return shownAs(ranking, ({ layer, by, units }) => {
    const rows = units.map(({ unit, norm }, i) => [String(i + 1), String(unit), norm.toPrecision(4)]);
    const between = ["…", `${rows.length - 2 * SHOWN} more`, ""];
    const some = rows.length <= 2 * SHOWN ? rows : [...rows.slice(0, SHOWN), between, ...rows.slice(-SHOWN)];
    const title = `${layer}: ${units.length} units by their weights' ${by.toUpperCase()} norm, the smallest first`;
    return table(["place", "unit", "norm"], some, title)[DISPLAY]();
  });
}
