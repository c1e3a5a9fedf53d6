import { backend } from "@tensorflow/tfjs";
import { requireTfjsNode } from "./tfjs-node.js";

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
 * JPEG's transform in whole numbers, libjpeg's own, by which datasets.decodeImage and Pillow read too: TensorFlow takes
 * a faster one where none is named, whose pixels are off by up to 6 of 255.
 */
const EXACT_DCT = "INTEGER_ACCURATE";

/**
 * tfjs-node's own functions: images to tensors and back, TensorBoard summaries, SavedModels. Its files are
 * loaded when one of them is first asked for. They need TensorFlow's library and throw without it.
 *
 * Differs from tfjs-node: a JPEG is decoded in whole numbers where no `dctMethod` is named, so that its pixels are
 * those of `datasets.decodeImage`. What that does besides is not done here: an image is not turned by its EXIF
 * orientation, transparency is kept as a fourth channel or dropped, and there is no WebP, TIFF, AVIF or PNM.
 */
export const node: NodeNamespace = {
  decodeImage(...args) {
    const { decodeImage, getImageType } = started<Image>("image.js");
    const [content, channels, dtype = "int32"] = args;
    return getImageType(content) === "jpeg" && dtype === "int32"
      ? node.decodeJpeg(content, channels)
      : decodeImage(...args);
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
  decodeJpeg(...args) {
    args[6] ??= EXACT_DCT;
    return started<Image>("image.js").decodeJpeg(...args);
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
