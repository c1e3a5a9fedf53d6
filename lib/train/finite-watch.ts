import { existsSync } from "node:fs";
import { join } from "node:path";
import type { tf } from "../backend/index.js";
import { weightsNotFinite } from "./finite.js";
import type { Recorder } from "./history.js";

/** What a run is to do about it. */
export interface FiniteChoice {
  /** Whether a weight that is not finite counts: TensorFlow's max pooling hides one from the loss. */
  readonly weightsToo: boolean;
  /** `checkFinite` of the run's config. */
  readonly ends: boolean;
  /** Of the run's checkpoints. */
  readonly folder: string | undefined;
}

/**
 * Looks at the last step of a run, and says at once the first time that something is not finite.
 *
 * @returns whether that ends the run
 */
export async function endsNotFinite(
  model: tf.LayersModel,
  record: Recorder,
  loss: number,
  { weightsToo, ends, folder }: FiniteChoice,
): Promise<boolean> {
  if (record.notFinite) return false;
  const what = Number.isFinite(loss) ? await wrongWeight(model, weightsToo) : `the loss was ${loss}`;
  if (what === undefined) return false;
  const { step, epoch, batch } = record.noteNotFinite(what);
  const place = `saccade: fit: ${what} at step ${step} (epoch ${epoch}, batch ${batch})`;
  if (ends) console.warn(`${place}, and the run ended; ${advice(folder)}`);
  else console.warn(`${place}, and the run goes on, as checkFinite is false`);
  return ends;
}

async function wrongWeight(model: tf.LayersModel, isLookedFor: boolean): Promise<string | undefined> {
  const [first] = isLookedFor ? await weightsNotFinite(model) : [];
  return first === undefined ? undefined : `a weight was ${first}`;
}

function advice(folder: string | undefined): string {
  const files = ["last", "best"].map((name) => `${name}.safetensors`);
  const kept = files.filter((name) => folder !== undefined && existsSync(join(folder, name)));
  const where =
    kept.length === 0 ? "" : `; ${kept.join(" and ")} in ${folder} ${kept.length === 1 ? "is" : "are"} of before`;
  return `the weights are of after that step${where}. A lower learningRate or clipNorm may keep it finite`;
}
