/**
 * Ours in a process of its own, asked as the peers are by peers/serve.py; beside what that one answers, {"profile": i}
 * says where the time of the i-th step goes, {"products": i} what of it the matrix products and convolutions take.
 */
import { profile } from "../../analysis/index.js";
import { backendInfo, tf } from "../../backend/index.js";
import { deviceType } from "../device.js";
import { configOf } from "./training-cases.js";
import { productShare } from "../mixed-precision/product-share.js";
import { networkStep, type MadeStep, type StepRequest } from "./network-step.js";
import { peakBytes, serve, timed, timedEach } from "./contender-program.js";
import { whereTimeGoes } from "./where-time-goes.js";

/** A network with the batch that its steps take. */
interface Opened extends MadeStep {
  readonly images: tf.Tensor;
  readonly labels: tf.Tensor;
}

/** A step is as noisy as the machine: the ops of several stand for one. */
const PROFILED_STEPS = 5;

const opened: Opened[] = [];

async function answer(request: {
  open?: StepRequest & { readonly batch: number };
  run?: number;
  at?: number;
  matmul?: number;
  profile?: number;
  products?: number;
}): Promise<object> {
  if (request.open) return await open(request.open);
  if (request.run !== undefined) {
    const { step, images, labels } = opened.at(request.at ?? -1)!;
    return { ms: await timedEach(request.run, () => step(images, labels)) };
  }
  if (request.matmul !== undefined) return { ms: await matmulMs(request.matmul) };
  if (request.profile !== undefined) {
    const { compiled, images, labels } = opened.at(request.profile)!;
    return await whereTimeGoes(compiled!, images, labels);
  }
  if (request.products !== undefined) {
    const { compiled, images, labels } = opened.at(request.products)!;
    return productShare((await profile(compiled!, () => [images, labels], { steps: PROFILED_STEPS })).ops);
  }
  // TensorFlow's library counts from the start, as PyTorch's does
  tf.tidy(() => void tf.add(tf.ones([1]), 1).dataSync());
  return { bytes: peakBytes() };
}

async function open(request: StepRequest & { readonly batch: number }): Promise<object> {
  const { numClasses, inputShape } = configOf({ ...request, network: "" });
  const images = tf.randomNormal([request.batch, ...inputShape], 0, 1, "float32", 1);
  const labels = tf.randomUniform([request.batch], 0, numClasses, "int32", 2);
  const made = networkStep(request);
  const firstMs = await timed(() => made.step(images, labels));
  await made.step(images, labels);
  opened.push({ ...made, images, labels });
  return { parameters: made.parameters, firstMs, version: backendInfo().title, device: deviceType() };
}

async function matmulMs(size: number): Promise<number> {
  const tile = Math.min(size, 256); // random numbers are JavaScript's here, and a GPU's matrices large
  const [a, b] = [1, 2].map((seed) =>
    tf.tidy(() => tf.tile(tf.randomNormal([tile, tile], 0, 1, "float32", seed), [size / tile, size / tile])),
  );
  const ms = await timed(async () => {
    const product = tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D);
    const corner = tf.slice(product, [0, 0], [1, 1]); // enough to wait for it, and to copy from a GPU
    await corner.data();
    tf.dispose([product, corner]);
  });
  tf.dispose([a!, b!]);
  return ms;
}

void serve(answer);
