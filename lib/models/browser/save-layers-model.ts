import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { tf } from "../../backend/index.js";
import { aModel, aText, calledAs, checkArguments } from "../../checks.js";
import { writeWhole } from "../../files/write-whole.js";
import { checkHeldWeights } from "../../layers/held-weights.js";
import { LOCAL_RESPONSE_NORM, LOCAL_RESPONSE_NORM_SCRIPT } from "./local-response-norm-script.js";
import { plainModel } from "./plain-model.js";

/**
 * Saves a model as tfjs' own LayersModel, in layers of tfjs' own alone: `model.json` and `weights.bin`, which any tfjs
 * loads, in a browser by `tf.loadLayersModel("…/model.json")`. Each file is written whole or not at all. Class names,
 * mean and std of a trained model are in its `getUserDefinedMetadata().saccadeUse`.
 * The source's AlexNet takes a third file, `local-response-norm.js`, to be run after tf.js and before that.
 *
 * @param folder made where it does not exist
 * @throws TypeError for a layer that tfjs' own cannot say, and for one that holds weights in its fields without listing
 *   them
 */
export async function saveLayersModel(model: tf.LayersModel, folder: string): Promise<void> {
  checkArguments("saveLayersModel", { model, folder }, { model: aModel, folder: aText });
  checkHeldWeights("saveLayersModel", model);
  const plain = calledAs("saveLayersModel", () => plainModel(model));
  try {
    await mkdir(folder, { recursive: true });
    await plain.save(
      tf.io.withSaveHandler(async (artifacts) => {
        const { modelTopology, weightSpecs, weightData, format, generatedBy, userDefinedMetadata } = artifacts;
        const manifest = [{ paths: ["weights.bin"], weights: weightSpecs }];
        const normalised = plain.layers.some((layer) => layer.getClassName() === LOCAL_RESPONSE_NORM.className);
        if (normalised) await writeWhole(join(folder, LOCAL_RESPONSE_NORM.file), [LOCAL_RESPONSE_NORM_SCRIPT]);
        await writeWhole(join(folder, "weights.bin"), [new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData!))]);
        await writeWhole(join(folder, "model.json"), [
          JSON.stringify({
            format,
            generatedBy,
            convertedBy: null,
            modelTopology,
            weightsManifest: manifest,
            ...(userDefinedMetadata && { userDefinedMetadata }),
          }),
        ]);
        return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
      }),
    );
  } finally {
    plain.dispose();
  }
}
