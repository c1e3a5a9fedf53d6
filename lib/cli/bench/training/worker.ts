/**
 * Ours in a process of its own: reads one JSON object per line, answers each with one, as peer.py does:
 * {"open": …} makes the network and takes its first step, {"run": n} times n steps, {"matmul": n} a product of n×n.
 */
import { createInterface } from "node:readline";
import { backendInfo, compile, ops, tf } from "../../../backend/index.js";
import { createModel } from "../../../models/index.js";
import { adam } from "../../../train/index.js";
import { configOf, NETWORK_CASES } from "./cases.js";

export interface OpenRequest {
  readonly case: string;
  readonly batch: number;
  readonly training: boolean;
  readonly variant: "compiled" | "eager";
}

type Step = () => Promise<void>;

let step: Step | undefined;

async function answer(request: { open?: OpenRequest; run?: number; matmul?: number }): Promise<object> {
  if (request.open) {
    const { parameters, step: made } = open(request.open);
    step = made;
    const firstMs = await timed(step);
    await step();
    return { parameters, firstMs, version: backendInfo().title };
  }
  if (request.run !== undefined) return { ms: await times(request.run, step!) };
  if (request.matmul !== undefined) return { ms: await matmulMs(request.matmul) };
  tf.tidy(() => void tf.add(tf.ones([1]), 1).dataSync()); // TensorFlow's library counts from the start, as PyTorch's does
  return { bytes: process.resourceUsage().maxRSS * 1024 };
}

function open({ case: name, batch, training, variant }: OpenRequest): { parameters: number; step: Step } {
  const found = NETWORK_CASES.find((each) => each.name === name)!;
  const { numClasses, inputShape } = configOf(found);
  const model = createModel(found.model, found.overrides);
  const images = tf.randomNormal([batch, ...inputShape], 0, 1, "float32", 1);
  const labels = tf.randomUniform([batch], 0, numClasses, "int32", 2);
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const parameters = variables.reduce((sum, { size }) => sum + size, 0);
  const optimizer = training ? adam(variables) : undefined;
  const body = (images: tf.Tensor, labels: tf.Tensor): tf.Tensor => {
    if (!optimizer) return tf.sum(model.apply(images, { training: false }) as tf.Tensor);
    const { value, grads } = tf.variableGrads(() => ops.softmaxCrossEntropy(model.apply(images, { training: true }) as tf.Tensor, labels), variables);
    optimizer.apply(variables.map((variable) => grads[variable.name]!));
    return value;
  };
  const call = variant === "compiled" ? compile(body, { name, seed: 1 }) : async (images: tf.Tensor, labels: tf.Tensor) => tf.tidy(() => body(images, labels));
  return {
    parameters,
    step: async () => {
      const result = await call(images, labels);
      await result.data();
      result.dispose();
    },
  };
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
