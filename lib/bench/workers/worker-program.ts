/**
 * One of our processes of `npm run bench -- workers`: reads one JSON object per line and answers each with one, as
 * training/peers/serve.py does. What needs the others is asked of all of them at once.
 */
import { createInterface } from "node:readline";
import { flattened, shapedAs } from "../../backend/cluster/flat.js";
import { joinedGroup } from "../../backend/cluster/joined.js";
import { summedOverProcesses } from "../../backend/cluster/sum-op.js";
import { backendInfo, compile, tf } from "../../backend/index.js";
import { createModel } from "../../models/index.js";
import { adam } from "../../train/index.js";
import { LOSS_DEFAULTS, lossOf } from "../../train/loss.js";
import { SharedRun } from "../../train/shared-run.js";
import { trainStep } from "../../train/step.js";
import { configOf, networkCase } from "../training/training-cases.js";
import { exchange } from "./bare-sockets.js";

/** What is opened: a network's step of so many images of a batch of all, or tensors of these shapes. */
type OpenRequest =
  | { readonly network: string; readonly images: number; readonly batch: number }
  | { readonly shapes: readonly number[][]; readonly together: boolean };

/** What a process is asked. */
export interface WorkerRequest {
  readonly open?: OpenRequest;
  readonly run?: number;
  readonly at?: number;
  /** Sends and receives so many bytes. */
  readonly sockets?: { readonly bytes: number; readonly own: number; readonly other: number };
}

/** What was timed. */
export interface Timed {
  readonly ms: number[];
  /** Processor time of this process, over all of them. */
  readonly userMs: number;
  readonly systemMs: number;
}

const opened: (() => Promise<void>)[] = [];

async function answer({ open, run, at = -1, sockets }: WorkerRequest): Promise<object> {
  if (sockets) return { ms: [await exchange(sockets.bytes, sockets.own, sockets.other)] };
  if (open) {
    const made =
      "network" in open
        ? await stepOf(open.network, open.images, open.batch)
        : await sumsOf(open.shapes, open.together);
    for (let i = 0; i < 2; i++) await made(); // it traces
    opened.push(made);
    return { version: backendInfo().title };
  }
  const ms: number[] = [];
  const before = process.cpuUsage();
  for (let i = 0; i < run!; i++) {
    const start = performance.now();
    await opened.at(at)!();
    ms.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  return { ms, userMs: user / 1000, systemMs: system / 1000 } satisfies Timed;
}

/** The very step of `fit`. @param count of this process' images */
async function stepOf(name: string, count: number, batch: number): Promise<() => Promise<void>> {
  const network = networkCase(name);
  const model = createModel(network.model, { ...network.overrides, seed: 1 });
  const variables = model.trainableWeights.map((weight) => weight.read() as tf.Variable);
  const { numClasses, inputShape } = configOf(network);
  const images = tf.randomNormal<tf.Rank.R4>(
    [count, ...inputShape] as [number, number, number, number],
    0,
    1,
    "float32",
    1,
  );
  const labels = tf.randomUniform<tf.Rank.R1>([count], 0, numClasses, "int32", 2);
  const step = trainStep({
    model,
    variables,
    optimizer: adam(variables),
    loss: lossOf("crossEntropy", LOSS_DEFAULTS),
    shared: await SharedRun.join(new AbortController().signal),
    config: {
      seed: 1,
      clipNorm: null,
      microBatchSize: null,
      parallelParts: null,
      mixedPrecision: false,
      movingStatistics: "epoch",
      classWeights: null,
      loss: "crossEntropy",
    },
  });
  const rates = { learningRate: 1e-3, momentum: undefined, epoch: 1 };
  return async () => void (await step.run({ images, labels }, batch, rates));
}

let sums = 0;

/** Sums tensors as `fit`'s step does, over all processes; or only brings them together and apart again. */
async function sumsOf(shapes: readonly number[][], together: boolean): Promise<() => Promise<void>> {
  const group = (await joinedGroup())!;
  const name = `bench ${sums++}`;
  const tensors = shapes.map((shape) => tf.ones(shape));
  const summed = compile(
    (...all: tf.Tensor[]) => (together ? summedOverProcesses(group, name, all) : shapedAs(flattened(all), all)),
    { name: "averaging", interruptible: false },
  );
  return async () => tf.dispose(await group.peers.watch(summed(...tensors)));
}

async function main(): Promise<void> {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as WorkerRequest))}\n`);
  }
}

void main();
