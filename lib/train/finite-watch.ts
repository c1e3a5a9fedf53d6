import { existsSync } from "node:fs";
import { join } from "node:path";
import type { tf } from "../backend/index.js";
import { weightsNotFinite } from "./finite.js";
import { softmaxAtEnd } from "../layers/model-end.js";
import type { Recorder } from "./history.js";
import type { RunPlan } from "./run-plan.js";

/** What of a run the watch goes by. */
type Watched = Pick<RunPlan, "model" | "loss" | "checkpoint"> & { readonly record: Recorder };

/**
 * Looks at the last step of a run, and says at once the first time that something is not finite.
 *
 * @param losses by what they are called: { "the loss": 2.3 }
 * @param model whose weights are looked at too, as TensorFlow's max pooling hides them from the loss; undefined: none
 * @returns whether that ends the run
 */
export async function endsNotFinite(
  { record, ...run }: Watched,
  losses: Readonly<Record<string, number>>,
  model?: tf.LayersModel,
): Promise<boolean> {
  if (record.notFinite) return false;
  const loss = Object.entries(losses).find(([, value]) => !Number.isFinite(value));
  const what = loss ? `${loss[0]} was ${loss[1]}` : await wrongWeight(model);
  if (what === undefined) return false;
  const { step, epoch, batch } = record.noteNotFinite(what);
  const ends = record.config.checkFinite;
  const place = `saccade: fit: ${what} at step ${step} (epoch ${epoch}, batch ${batch})`;
  if (ends) console.warn(`${place}, and the run ended; ${advice(run)}`);
  else console.warn(`${place}, and the run goes on, as checkFinite is false`);
  return ends;
}

async function wrongWeight(model: tf.LayersModel | undefined): Promise<string | undefined> {
  const [first] = model ? await weightsNotFinite(model) : [];
  return first === undefined ? undefined : `a weight was ${first}`;
}

function advice({ model, loss, checkpoint }: Omit<Watched, "record">): string {
  const folder = checkpoint?.folder;
  const files = ["last", "best"].map((name) => `${name}.safetensors`);
  const kept = files.filter((name) => folder !== undefined && existsSync(join(folder, name)));
  const where =
    kept.length === 0 ? "" : `; ${kept.join(" and ")} in ${folder} ${kept.length === 1 ? "is" : "are"} of before`;
  const logits =
    typeof loss === "function" && softmaxAtEnd(model)
      ? "your loss gets logits: the softmax at the model's end is left out (tf.softmax(logits) makes probabilities); "
      : "";
  return `${logits}the weights are of after that step${where}. A lower learningRate or clipNorm may keep it finite`;
}
