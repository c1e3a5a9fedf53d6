import type { tf } from "../../backend/index.js";
import { ownVersion } from "../../files/own-folder.js";
import type { ModelUse } from "../model-use.js";
import type { WeightNames } from "./names.js";

/** What a file of ours says of itself, as JSON under the key `saccade` of its metadata. */
export interface WeightMetadata {
  /** Of Saccade. */
  readonly version: string;
  /** Whose names the tensors have. */
  readonly names: WeightNames;
  /** "place" where layers that tfjs numbered itself are counted within the model. Left out where there are none. */
  readonly numbering?: "place";
  /** What `createModel` takes to make the model; undefined for a model that it did not make. */
  readonly model?: ModelOrigin;
  /** Class names in the order of the logits, and mean and std of the images, where the model was trained here. */
  readonly use?: Partial<ModelUse>;
}

/** How `createModel` made a model. */
export interface ModelOrigin {
  /** As `createModel` takes it. */
  readonly name: string;
  /** Its whole config. */
  readonly config: Readonly<Record<string, unknown>>;
}

const KEY = "saccadeModel";

/** Notes in a model how it was made; the note travels with `model.save` too. */
export function recordOrigin(model: tf.LayersModel, origin: ModelOrigin): void {
  model.setUserDefinedMetadata({ ...model.getUserDefinedMetadata(), [KEY]: origin });
}

/** How `createModel` made it; undefined where it did not. */
export function originOf(model: tf.LayersModel): ModelOrigin | undefined {
  return (model.getUserDefinedMetadata() as Record<string, ModelOrigin> | undefined)?.[KEY];
}

/** Whether a file is a checkpoint of `fit`'s, whose state has the key of ours. */
export function isCheckpoint(metadata: WeightMetadata | undefined): boolean {
  return Array.isArray(metadata?.model) && "recorder" in metadata;
}

export function writeMetadata(metadata: Omit<WeightMetadata, "version">): Record<string, string> {
  // transformers refuses a file without a format
  return { format: "pt", saccade: JSON.stringify({ version: ownVersion(), ...metadata }) };
}

/** What the file says of itself; undefined where Saccade did not write it. @throws SyntaxError where that is damaged */
export function readMetadata(path: string, metadata: Readonly<Record<string, string>>): WeightMetadata | undefined {
  const text = metadata["saccade"];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as WeightMetadata;
  } catch {
    throw new SyntaxError(
      `loadWeights: the metadata "saccade" must be JSON, got ${JSON.stringify(text.slice(0, 80))} in ${path}`,
    );
  }
}
