import { requireTfjsNode } from "./kernels.js";

type Image = typeof import("@tensorflow/tfjs-node-gpu/dist/image.js");
type SavedModels = typeof import("@tensorflow/tfjs-node-gpu/dist/saved_model.js");
type TensorBoard = typeof import("@tensorflow/tfjs-node-gpu/dist/tensorboard.js");
type Callbacks = typeof import("@tensorflow/tfjs-node-gpu/dist/callbacks.js");

/** What tfjs-node adds to tfjs as `tf.node`. */
export interface NodeNamespace
  extends Pick<
      Image,
      "decodeImage" | "decodeBmp" | "decodeGif" | "decodePng" | "decodeJpeg" | "encodeJpeg" | "encodePng"
    >,
    Pick<SavedModels, "getMetaGraphsFromSavedModel" | "getNumOfSavedModels" | "loadSavedModel">,
    Pick<TensorBoard, "summaryFileWriter">,
    Pick<Callbacks, "tensorBoard"> {}

/**
 * tfjs-node's own functions: images to tensors and back, TensorBoard summaries, SavedModels. Its files are
 * loaded when one of them is first asked for. They need TensorFlow's library and throw without it.
 */
export const node: NodeNamespace = {
  get decodeImage() {
    return requireTfjsNode<Image>("image.js").decodeImage;
  },
  get decodeBmp() {
    return requireTfjsNode<Image>("image.js").decodeBmp;
  },
  get decodeGif() {
    return requireTfjsNode<Image>("image.js").decodeGif;
  },
  get decodePng() {
    return requireTfjsNode<Image>("image.js").decodePng;
  },
  get decodeJpeg() {
    return requireTfjsNode<Image>("image.js").decodeJpeg;
  },
  get encodeJpeg() {
    return requireTfjsNode<Image>("image.js").encodeJpeg;
  },
  get encodePng() {
    return requireTfjsNode<Image>("image.js").encodePng;
  },
  get summaryFileWriter() {
    return requireTfjsNode<TensorBoard>("tensorboard.js").summaryFileWriter;
  },
  get tensorBoard() {
    return requireTfjsNode<Callbacks>("callbacks.js").tensorBoard;
  },
  get getMetaGraphsFromSavedModel() {
    return requireTfjsNode<SavedModels>("saved_model.js").getMetaGraphsFromSavedModel;
  },
  get getNumOfSavedModels() {
    return requireTfjsNode<SavedModels>("saved_model.js").getNumOfSavedModels;
  },
  get loadSavedModel() {
    return requireTfjsNode<SavedModels>("saved_model.js").loadSavedModel;
  },
};
