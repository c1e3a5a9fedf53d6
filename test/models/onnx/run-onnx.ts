/** Runs a file of ONNX's with ONNX Runtime, and reads what it holds. */
import { readFileSync } from "node:fs";
import { env, InferenceSession, Tensor } from "onnxruntime-web";
import { tf } from "../../../lib/backend/index.js";
import { messages, readMessage, string } from "../../../lib/protobuf.js";

env.wasm.numThreads = 1;

/** The first output for a batch [B, …] that is laid out as the model takes it here. */
export async function runOnnx(path: string, batch: tf.Tensor, layout: "NCHW" | "NHWC" = "NCHW"): Promise<Float32Array> {
  const session = await InferenceSession.create(readFileSync(path));
  const turned = tf.tidy(() =>
    batch.rank === 4 && layout === "NCHW" ? tf.transpose(batch, [0, 3, 1, 2]) : batch.clone(),
  );
  const input = new Tensor("float32", turned.dataSync<"float32">(), turned.shape);
  turned.dispose();
  const outputs = await session.run({ [session.inputNames[0]!]: input });
  const data = outputs[session.outputNames[0]!]!.data as Float32Array;
  await session.release();
  return data;
}

/** What a file holds. */
export interface OnnxFile {
  readonly operators: readonly string[];
  readonly initializers: readonly string[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
}

export function readOnnx(path: string): OnnxFile {
  const model = readMessage(readFileSync(path));
  const [graph] = messages(model, 7);
  const names = (field: number, name: number) => messages(graph!, field).map((each) => string(each, name));
  return {
    operators: names(1, 4),
    initializers: names(5, 8),
    inputs: names(11, 1),
    outputs: names(12, 1),
    metadata: Object.fromEntries(messages(model, 14).map((entry) => [string(entry, 1), string(entry, 2)])),
  };
}

/** How far numbers are from others, as a share of the largest of those. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Infinity;
  const scale = Math.max(...Array.from(expected, Math.abs));
  return Math.max(...Array.from(expected, (value, i) => Math.abs(value - actual[i]!))) / scale;
}
