import type { tf } from "../../backend/index.js";
import type { UnitsByLayer } from "./removal.js";

/** How `createModel` made a model, as it notes that with it. */
interface Origin {
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

/** Layers whose units a config of ours says one by one, and where. */
const PLACES: readonly (readonly [pattern: RegExp, key: string])[] = [
  [/^conv(\d+)$/, "filters"],
  [/^dense(\d+)$/, "hidden"],
  [/^stage(\d+)\/conv(\d+)$/, "stages"],
];

/**
 * What `createModel` takes to make the smaller model: the config with fewer filters and neurons. Undefined where it
 * cannot say them, as it cannot for a residual network's inner channels, or did not make the model.
 */
export function prunedOrigin(model: tf.LayersModel, units: UnitsByLayer): Origin | undefined {
  const noted = (model.getUserDefinedMetadata() as Record<string, Origin> | undefined)?.["saccadeModel"];
  if (noted === undefined) return undefined;
  const config = structuredClone(noted.config) as Record<string, unknown>;
  for (const [layer, gone] of Object.entries(units))
    if (gone.length > 0 && !lessen(config, layer, gone.length)) return undefined;
  return { name: noted.name, config };
}

/** Takes some off the number of a layer's units. @returns whether the config has it */
function lessen(config: Record<string, unknown>, layer: string, gone: number): boolean {
  for (const [pattern, key] of PLACES) {
    const indices = pattern
      .exec(layer)
      ?.slice(1)
      .map((index) => Number(index) - 1);
    if (indices === undefined) continue;
    const list = indices.slice(0, -1).reduce((value: unknown, i) => (value as unknown[] | undefined)?.[i], config[key]);
    const last = indices.at(-1)!;
    if (!Array.isArray(list) || typeof list[last] !== "number") continue;
    list[last] -= gone;
    return true;
  }
  return false;
}
