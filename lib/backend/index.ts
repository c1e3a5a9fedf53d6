import * as tf from "@tensorflow/tfjs";

export { tf };

/** Resolves when the backend can be used. */
export async function ready(): Promise<void> {
  await tf.ready();
}
