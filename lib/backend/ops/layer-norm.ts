import * as tf from "@tensorflow/tfjs";
import type { Pointer } from "../c-api.js";
import { activeTracer } from "../compile/tracer.js";
import type { Context } from "../context.js";
import type { EagerBinding } from "../eager.js";
import { currentBinding } from "../register.js";
import { checkFloat, checkShape, defineOp, float, type } from "./op.js";

interface Inputs { readonly x: tf.Tensor; readonly gamma: tf.Tensor; readonly beta: tf.Tensor }

/** [M, D] → [M, D]. In a compiled function one op of oneDNN, where TensorFlow has it. */
const normalise = defineOp<Inputs, { epsilon: number }>({
  name: "LayerNorm",
  tensorflow: (run, inputs, { epsilon }) => {
    const { x, gamma, beta } = inputs;
    return hasOneDnn(currentBinding()!) ? run("_MklLayerNorm", [type("T"), float("epsilon", epsilon)], [x, gamma, beta]) : compose(inputs, epsilon);
  },
  composed: (inputs, { epsilon }) => compose(inputs, epsilon),
});

/**
 * Layer normalisation over the last axis: (x − mean) / √(variance + epsilon) · gamma + beta, with the biased variance.
 * In a compiled function the forward pass is one op of oneDNN; the gradient is written out.
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
  const size = x.shape.at(-1) ?? 1;
  checkShape("layerNorm", "gamma", gamma, [size]);
  checkShape("layerNorm", "beta", beta, [size]);
  const norm = tf.customGrad((...args: unknown[]) => {
    const [x, gamma, beta, save] = args as [tf.Tensor2D, tf.Tensor, tf.Tensor, tf.GradSaveFunc];
    save([x, gamma]);
    return {
      value: normalise({ x, gamma, beta }, { epsilon })[0]!,
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradients(dy as tf.Tensor2D, saved as [tf.Tensor2D, tf.Tensor], epsilon),
    };
  });
  return tf.reshape(norm(tf.reshape(x, [-1, size]), gamma, beta), x.shape);
}

/**
 * With n = (x − mean) · r and r = 1 / √(variance + epsilon), per row:
 * dx = r · (dy·gamma − mean(dy·gamma) − n · mean(dy·n·gamma)). The two means are products with the vector gamma / D.
 */
function gradients(dy: tf.Tensor2D, [x, gamma]: [tf.Tensor2D, tf.Tensor], epsilon: number): tf.Tensor[] {
  const size = x.shape[1];
  const share = tf.reshape(tf.mul(gamma, 1 / size), [size, 1]) as tf.Tensor2D;
  const centred = tf.sub(x, tf.mean(x, -1, true));
  const r = tf.rsqrt(tf.add(tf.mean(tf.square(centred), -1, true), epsilon)); // [M, 1]
  const n = tf.mul(centred, r);
  const dyN = tf.mul(dy, n) as tf.Tensor2D;
  const inner = tf.add(tf.mul(n, tf.matMul(dyN, share)), tf.matMul(dy, share));
  const dx = tf.mul(tf.sub(tf.mul(dy, gamma), inner), r);
  return [dx, tf.sum(dyN, 0), tf.sum(dy, 0)];
}

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
  if (!tracer || tracer.xla || context.device.type !== "CPU") return false;
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
