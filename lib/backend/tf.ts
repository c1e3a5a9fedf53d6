/**
 * tfjs as the library and its users see it: all of `@tensorflow/tfjs`, with random functions that compiled functions
 * can trace, and `tf.node`.
 */
export * from "@tensorflow/tfjs";
export {
  dropout,
  multinomial,
  randomGamma,
  randomNormal,
  randomStandardNormal,
  randomUniform,
  randomUniformInt,
  truncatedNormal,
} from "./compile/random-ops.js";
export { node } from "./node.js";
