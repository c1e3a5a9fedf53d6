import * as tf from "@tensorflow/tfjs";
import type { Pointer } from "../c-api.js";
import { fused } from "../compile/fused.js";
import { activeTracer } from "../compile/tracer.js";
import type { Context } from "../context.js";
import type { EagerBinding } from "../eager.js";
import { currentBinding } from "../register.js";
import { aboveZero, checkValue } from "../../checks.js";
import { checkFloat, checkShape, defineOp, float, type } from "./op.js";

interface Inputs {
  readonly x: tf.Tensor;
  readonly gamma: tf.Tensor;
  readonly beta: tf.Tensor;
}

/** [M, D] → [M, D]. In a compiled function one op of oneDNN, where TensorFlow has it. */
const normalise = defineOp<Inputs, { epsilon: number }>({
  name: "LayerNorm",
  tensorflow: (run, inputs, { epsilon }) => {
    const { x, gamma, beta } = inputs;
    return hasOneDnn(currentBinding()!)
      ? run("_MklLayerNorm", [type("T"), float("epsilon", epsilon)], [x, gamma, beta])
      : compose(inputs, epsilon);
  },
  composed: (inputs, { epsilon }) => compose(inputs, epsilon),
});

/**
 * Layer normalisation over the last axis: (x − mean) / √(variance + epsilon) · gamma + beta, with the biased variance.
 * In a compiled function the forward pass is one op of oneDNN, and the gradient one that XLA compiles.
 *
 * @param x [..., D] float32
 * @param gamma [D]
 * @param beta [D]
 * @param epsilon added to the variance, above 0
 * @returns [..., D]
 * @throws TypeError for another shape or dtype
 * Source: Ba et al. 2016, eq. 3 and 4.
 */
export function layerNorm(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): tf.Tensor {
  checkFloat("layerNorm", "x", x);
  checkValue("layerNorm", "epsilon", epsilon, aboveZero);
  const size = x.shape.at(-1) ?? 1;
  checkShape("layerNorm", "gamma", gamma, [size]);
  checkShape("layerNorm", "beta", beta, [size]);
  const norm = tf.customGrad((...args: unknown[]) => {
    const [x, gamma, beta, save] = args as [tf.Tensor2D, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    save([x, gamma]);
    return {
      value: normalise({ x, gamma, beta }, { epsilon })[0]!,
      gradFunc: (dy: tf.Tensor, [x, gamma]: tf.Tensor[]) => gradients(epsilon)(dy, x!, gamma!),
    };
  });
  return tf.reshape(norm(tf.reshape(x, [-1, size]), gamma, beta), x.shape);
}

/**
 * With n = (x − mean) · r and r = 1 / √(variance + epsilon), per row:
 * dx = r · (dy·gamma − mean(dy·gamma) − n · mean(dy·n·gamma)). The means over a row are products with a vector, which
 * processors sum up several numbers at a time.
 */
const gradients = (epsilon: number) =>
  fused(`layerNormGradients_${epsilon}`, (dy, x, gamma) => {
    const size = x!.shape[1]!;
    const mean = (values: tf.Tensor, shares: tf.Tensor2D) => tf.matMul(values as tf.Tensor2D, shares); // [M, 1]
    const equal = tf.tensor2d(new Float32Array(size).fill(1 / size), [size, 1]);
    const byGamma = tf.reshape(tf.mul(gamma!, 1 / size), [size, 1]) as tf.Tensor2D;
    const centred = tf.sub(x!, mean(x!, equal));
    const r = tf.rsqrt(tf.add(mean(tf.square(centred), equal), epsilon)); // [M, 1]
    const n = tf.mul(centred, r);
    const dyN = tf.mul(dy!, n);
    const inner = tf.add(tf.mul(n, mean(dyN, byGamma)), mean(dy!, byGamma));
    return [tf.mul(tf.sub(tf.mul(dy!, gamma!), inner), r), tf.sum(dyN, 0), tf.sum(dy!, 0)];
  });

function compose({ x, gamma, beta }: Inputs, epsilon: number): tf.Tensor[] {
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const r = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon));
  return [tf.add(tf.mul(tf.mul(centred, r), gamma), beta)];
}

const known = new WeakMap<Context, boolean>();

/**
 * Whether this build of TensorFlow has oneDNN's layer normalisation. Only in a graph: run eagerly, TensorFlow takes it
 * for one of the ops that it renames itself, and does not find it; XLA does not know it.
 */
function hasOneDnn({ context }: EagerBinding): boolean {
  const tracer = activeTracer();
  if (!tracer || tracer.options.xla || context.device.type !== "CPU") return false;
  let has = known.get(context);
  if (has === undefined) {
    const { c, status } = context;
    const kernels: Pointer = c.TF_GetRegisteredKernelsForOp("_MklLayerNorm", status.pointer);
    status.check("layerNorm");
    has = c.readBuffer(kernels).byteLength > 0;
    c.TF_DeleteBuffer(kernels);
    known.set(context, has);
  }
  return has;
}
