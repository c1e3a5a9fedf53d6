/** A tensor among other things that are printed, `console.log("loss:", loss)`, tells its values. */
import * as tf from "@tensorflow/tfjs";

const INSPECT = Symbol.for("nodejs.util.inspect.custom");
/** Of the lines that tfjs writes. */
const INDENT = 4;

/** Gives tensors the method that Node asks: dtype, shape and the values as tfjs writes them, in place of its fields. */
export function inspectTensors(): void {
  Object.defineProperty(tf.Tensor.prototype, INSPECT, { value: inspected, configurable: true, writable: true });
}

function inspected(this: tf.Tensor): string {
  const { shape, dtype, isDisposed } = this;
  const kind = this instanceof tf.Variable ? `Variable "${this.name}"` : "Tensor";
  const head = `${kind} ${dtype} [${shape.join(", ")}]`;
  if (isDisposed) return `${head}, disposed`;
  try {
    const [, ...lines] = this.toString().split("\n"); // behind the word Tensor
    const values = lines.map((line) => line.slice(INDENT));
    return values.length === 1 ? `${head} ${values[0]}` : [head, ...values].join("\n");
  } catch (error) {
    return `${head}, not readable: ${error instanceof Error ? error.message : String(error)}`;
  }
}
