import type * as tf from "@tensorflow/tfjs";
import { withDeepStack } from "../deep-stack.js";

/** Arguments that are named in a message. */
const NAMED = 6;
/**
 * Calls `body`, which is or traces a function of tensors. What it throws says afterwards which function that was and
 * what it was traced for: most is thrown by tfjs and TensorFlow, which know neither. The error stays the one that it
 * is, and its stack leads to the line of the function.
 *
 * @param name the function's
 * @param args what it was traced for
 */
export function explained<Result>(name: string, args: readonly tf.Tensor[], body: () => Result): Result {
  return withDeepStack(() => {
    try {
      return body();
    } catch (error) {
      if (error instanceof Error) explain(error, name, args);
      throw error;
    }
  });
}

function explain(error: Error, name: string, args: readonly tf.Tensor[]): void {
  const { message, stack } = error;
  const own = "compile: ";
  if (message.startsWith(`${own}${name}: `) || !Object.getOwnPropertyDescriptor(error, "message")?.writable) return;
  // What the trace itself refuses does not hang on the arguments.
  error.message = message.startsWith(own)
    ? `${own}${name}: ${message.slice(own.length)}`
    : `${own}${name}: traced for ${describe(args)}: ${message}`;
  if (stack?.includes(message)) error.stack = stack.replace(message, () => error.message);
}

/** "float32[32, 8], int32[32]" */
function describe(args: readonly tf.Tensor[]): string {
  const named = args
    .slice(0, NAMED)
    .map(({ dtype, shape }) => `${dtype}[${shape.join(", ")}]`)
    .join(", ");
  if (args.length === 0) return "no arguments";
  return args.length > NAMED ? `${named} and ${args.length - NAMED} more` : named;
}
