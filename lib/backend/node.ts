import { backend } from "@tensorflow/tfjs";
import { requireTfjsNode } from "./kernels.js";

type Image = typeof import("@tensorflow/tfjs-node-gpu/dist/image.js");
type SavedModels = typeof import("@tensorflow/tfjs-node-gpu/dist/saved_model.js");
type TensorBoard = typeof import("@tensorflow/tfjs-node-gpu/dist/tensorboard.js");
type Callbacks = typeof import("@tensorflow/tfjs-node-gpu/dist/callbacks.js");

/** What tfjs-node adds to tfjs as `tf.node`. */
export interface NodeNamespace
  extends
    Pick<Image, "decodeImage" | "decodeBmp" | "decodeGif" | "decodePng" | "decodeJpeg" | "encodeJpeg" | "encodePng">,
    Pick<SavedModels, "getMetaGraphsFromSavedModel" | "getNumOfSavedModels" | "loadSavedModel">,
    Pick<TensorBoard, "summaryFileWriter">,
    Pick<Callbacks, "tensorBoard"> {}

/** tfjs-node asks which backend runs, so one must have started. */
function started<Exports>(file: string): Exports {
  backend();
  return requireTfjsNode<Exports>(file);
}

/**
 * tfjs-node's own functions: images to tensors and back, TensorBoard summaries, SavedModels. Its files are
 * loaded when one of them is first asked for. They need TensorFlow's library and throw without it.
 */
export const node: NodeNamespace = {
  get decodeImage() {
    return started<Image>("image.js").decodeImage;
  },
  get decodeBmp() {
    return started<Image>("image.js").decodeBmp;
  },
  get decodeGif() {
    return started<Image>("image.js").decodeGif;
  },
  get decodePng() {
    return started<Image>("image.js").decodePng;
  },
  get decodeJpeg() {
    return started<Image>("image.js").decodeJpeg;
  },
  get encodeJpeg() {
    return started<Image>("image.js").encodeJpeg;
  },
  get encodePng() {
    return started<Image>("image.js").encodePng;
  },
  get summaryFileWriter() {
    return started<TensorBoard>("tensorboard.js").summaryFileWriter;
  },
  get tensorBoard() {
    return started<Callbacks>("callbacks.js").tensorBoard;
  },
  get getMetaGraphsFromSavedModel() {
    return requireTfjsNode<SavedModels>("saved_model.js").getMetaGraphsFromSavedModel;
  },
  get getNumOfSavedModels() {
    return started<SavedModels>("saved_model.js").getNumOfSavedModels;
  },
  get loadSavedModel() {
    return started<SavedModels>("saved_model.js").loadSavedModel;
  },
};
