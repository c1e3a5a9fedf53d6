/**
 * Files of named tensors, as the field exchanges weights.
 * @module
 */
export { BEYOND_HALF, decode, DTYPE_BYTES, type Dtype, type TensorValues } from "./dtypes.js";
export { readSafetensors, type Safetensors, type StoredTensor } from "./read.js";
export { writeSafetensors } from "./write.js";
