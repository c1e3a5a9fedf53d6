import { registerTensorFlow } from "./register.js";
import * as tf from "./tf.js";

registerTensorFlow();

export { tf };

/** Resolves when the backend can be used. */
export async function ready(): Promise<void> {
  await tf.ready();
}
