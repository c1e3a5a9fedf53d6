/** What is said of the files of Keras, which are not read here. */

/** How an HDF5 file begins. */
export const HDF5 = "\x89HDF";

/** What is in the archive that Keras 3 writes (.keras). */
export const KERAS_MEMBER = "model.weights.h5";

/** @param kind "HDF5 (.h5)" or "Keras' archive (.keras)" */
export function notRead(kind: string): string {
  return (
    `which is ${kind} and not read here: write the weights in Python with safetensors.numpy.save_file, by the names ` +
    "that the model's weights have here"
  );
}
