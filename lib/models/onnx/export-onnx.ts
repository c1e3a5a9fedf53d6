import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { tf } from "../../backend/index.js";
import { aModel, aText, checkArguments, checkOptions, listOf, oneOf, optional } from "../../checks.js";
import { ownVersion } from "../../files/own-folder.js";
import { writeWhole } from "../../files/write-whole.js";
import { softmaxAtEnd } from "../../layers/model-end.js";
import { useOf, type ModelUse } from "../model-use.js";
import { originOf, writeMetadata } from "../weights/metadata.js";
import { build, namedWeights } from "../weights/named-weights.js";
import { onnxFile } from "./onnx-file.js";
import { toOnnx, type Ends } from "./to-onnx.js";
import { traced, type Size } from "./traced.js";

/** What {@link exportOnnx} takes besides. */
export interface ExportOnnxOptions {
  /**
   * How the file takes its images: "NCHW", [B, C, H, W], as PyTorch's exports and most programs around ONNX do; "NHWC",
   * [B, H, W, C], as the model does here, for one transpose at the start. Default "NCHW".
   */
  readonly layout?: "NCHW" | "NHWC";
  /** In the order of the logits; stored in the metadata. Default: those of the set that the model was trained on. */
  readonly classNames?: readonly string[];
}

/**
 * Writes a model in evaluation mode as ONNX, which ONNX Runtime, OpenVINO, TensorRT and others run: opset 17, IR
 * version 8, weights in float32, batches of any size. What is computed is recorded operation by operation, so that
 * layers of one's own are written too, where their operations are ones that ONNX has. Batch norms are ONNX's, which its
 * runtimes fold into the convolutions; dropout and drop path are left out; between layers images lie channels first.
 *
 * The input is `images`, float32 [batch, C, H, W] or by `layout` [batch, H, W, C], normalized as in training: of bytes
 * (byte / 255 − mean) / std of each channel; `input`, in its own shape, where the model takes no images. The output is
 * `logits` [batch, K], or `probabilities` where the model ends in a softmax; of other outputs, by their layers' names.
 * The metadata hold `classNames`, `mean` and `std` as JSON, `layout`, and under `saccade` what `saveWeights` writes.
 *
 * @param path of the file, "resnet.onnx"; replaced whole, or left as it is; its folder is made
 * @throws RangeError for another ending, a wrong number of class names, or a file of 2 GiB or more
 * @throws TypeError for a model of several inputs or of a free height or width, and for an operation that cannot be
 *   written, with its layer
 */
export async function exportOnnx(model: tf.LayersModel, path: string, options: ExportOnnxOptions = {}): Promise<void> {
  checkArguments("exportOnnx", { model, path }, { model: aModel, path: aText });
  checkOptions("exportOnnx", options, {
    layout: optional(oneOf(["NCHW", "NHWC"])),
    classNames: optional(listOf(aText)),
  });
  if (!path.endsWith(".onnx")) throw new RangeError(`exportOnnx: path must end in .onnx, got ${JSON.stringify(path)}`);
  build([model]);
  const use = useOf("exportOnnx", model, options.classNames);
  const ends = endsOf(model, options.layout ?? "NCHW");
  const trace = traced(
    (images) => model.apply<tf.Tensor | tf.Tensor[]>(images, { training: false }),
    ends.input.shape.slice(1) as number[],
  );
  try {
    const names = new Map(namedWeights(model).map(({ stored, variable }) => [variable.read().id, stored]));
    const graph = toOnnx(trace, ends, ({ variable }) => variable && names.get(variable.id));
    const metadata = metadataOf(model, use, ends);
    const parts = onnxFile({ name: model.name, producerVersion: ownVersion(), metadata, ...graph });
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(path, parts);
  } finally {
    tf.dispose(trace.constants.map(({ tensor }) => tensor));
  }
}

/** What goes in and comes out. */
function endsOf(model: tf.LayersModel, layout: "NCHW" | "NHWC"): Ends {
  const { inputs, outputs } = model;
  if (inputs.length !== 1) throw new TypeError(`exportOnnx: a model must have one input, got ${inputs.length}`);
  const [, ...sizes] = inputs[0]!.shape;
  const free = sizes.some((size) => size === null);
  if (free) {
    const got = sizes.map((size) => size ?? "?").join(", ");
    throw new TypeError(`exportOnnx: a model's input must have all sizes but the batch's, got [B, ${got}]`);
  }
  const { dtype } = inputs[0]!;
  if (dtype !== "float32") throw new TypeError(`exportOnnx: a model's input must be float32, got ${dtype}`);
  const shape: Size[] = [{ perImage: 1 }, ...(sizes as number[])];
  const areImages = shape.length === 4;
  const isClassifier = outputs.length === 1 && outputs[0]!.shape.length === 2;
  const last = softmaxAtEnd(model) ? "probabilities" : "logits";
  return {
    input: { name: areImages ? "images" : "input", shape, channelsFirst: areImages && layout === "NCHW" },
    outputs: isClassifier ? [last] : model.outputNames,
  };
}

function metadataOf(model: tf.LayersModel, use: Partial<ModelUse>, { input }: Ends): Record<string, string> {
  const { saccade } = writeMetadata({
    names: "saccade",
    ...originMetadata(model),
    ...(Object.keys(use).length > 0 && { use }),
  });
  const layout = input.channelsFirst ? "NCHW" : "NHWC";
  return {
    ...Object.fromEntries(Object.entries(use).map(([key, value]) => [key, JSON.stringify(value)])),
    ...(input.name === "images" && { layout }),
    saccade: saccade!,
  };
}

function originMetadata(model: tf.LayersModel): { model?: NonNullable<ReturnType<typeof originOf>> } {
  const origin = originOf(model);
  return origin ? { model: origin } : {};
}
