/** tfjs as the library and its users see it: all of `@tensorflow/tfjs`, and `tf.node`. */
export * from "@tensorflow/tfjs";
export { node } from "./node.js";
