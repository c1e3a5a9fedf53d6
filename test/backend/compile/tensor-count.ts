import { afterEach, beforeEach, expect } from "vitest";
import { tf } from "../../../lib/backend/index.js";
import { currentBinding } from "../../../lib/backend/register.js";

/** Has every test of the file fail that leaves a tensor of tfjs or of TensorFlow behind. */
export function failOnLeaks(): void {
  const count = () => ({ ours: tf.memory().numTensors, native: currentBinding()!.getNumOfTensors() });
  let before: ReturnType<typeof count>;
  beforeEach(() => {
    before = count();
  });
  afterEach(() => {
    expect(count()).toEqual(before);
  });
}
