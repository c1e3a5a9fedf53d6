/**
 * Ours in a process of its own: reads one JSON object per line, answers each with one, as peer.py does:
 * {"open": …} makes the network and takes its first step, {"run": n} times n steps, {"matmul": n} a product of n×n.
 */
import { createInterface } from "node:readline";
import { backendInfo, tf } from "../../../backend/index.js";
import { configOf, NETWORK_CASES } from "./cases.js";
import { networkStep, type OpenRequest } from "./network-step.js";

type Step = () => Promise<void>;

let step: Step | undefined;

async function answer(request: { open?: OpenRequest; run?: number; matmul?: number }): Promise<object> {
  if (request.open) {
    const { case: name, batch } = request.open;
    const { numClasses, inputShape } = configOf(NETWORK_CASES.find((each) => each.name === name)!);
    const images = tf.randomNormal([batch, ...inputShape], 0, 1, "float32", 1);
    const labels = tf.randomUniform([batch], 0, numClasses, "int32", 2);
    const { parameters, step: made } = networkStep(request.open);
    step = () => made(images, labels);
    const firstMs = await timed(step);
    await step();
    return { parameters, firstMs, version: backendInfo().title };
  }
  if (request.run !== undefined) return { ms: await times(request.run, step!) };
  if (request.matmul !== undefined) return { ms: await matmulMs(request.matmul) };
  tf.tidy(() => void tf.add(tf.ones([1]), 1).dataSync()); // TensorFlow's library counts from the start, as PyTorch's does
  return { bytes: process.resourceUsage().maxRSS * 1024 };
}

async function matmulMs(size: number): Promise<number> {
  const [a, b] = [tf.randomNormal([size, size]), tf.randomNormal([size, size])];
  const ms = await timed(async () => {
    const product = tf.matMul(a as tf.Tensor2D, b as tf.Tensor2D);
    await product.data();
    product.dispose();
  });
  tf.dispose([a, b]);
  return ms;
}

async function times(count: number, work: Step): Promise<number[]> {
  const ms: number[] = [];
  for (let i = 0; i < count; i++) ms.push(await timed(work));
  return ms;
}

async function timed(work: Step): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Parameters<typeof answer>[0]))}\n`);
  }
}

void main();
