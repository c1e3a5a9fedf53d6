import { availableParallelism, cpus } from "node:os";
import { backendInfo, compile, ProfiledStep, tf } from "../../backend/index.js";
import { bfloat16Missing } from "../../backend/compile/mixed-precision.js";
import { typed } from "../../files/own-folder.js";
import { aCount, aFunction, aSignal, checkOptions, optional, orNull } from "../../checks.js";
import { onDevice } from "./device-times.js";
import { plainType } from "./op-kinds.js";
import type { MachinePeaks, MeasuredRate } from "./roofline-types.js";
import { asPeaks } from "./show-roofline.js";
import { readStepStats } from "./step-stats.js";

/** How {@link measurePeaks} measures. */
export interface PeakOptions {
  /** Calls in which each rate is measured, eight times each. 1 or more, default 5. */
  readonly runs?: number;
  /** Rows and columns of the matrices. Default 1,024, doubled until a product takes a millisecond or more. */
  readonly size?: number;
  /** Bytes of each tensor of the sums. Default 128 MiB, more than a processor's caches hold. */
  readonly bytes?: number;
  /** Told what is being measured. Default, and null: nobody. */
  readonly onProgress?: ((text: string) => void) | null;
  /** Ends it between two measurements. Default: nothing does. */
  readonly signal?: AbortSignal;
}

/** Products, and sums, in one call, of which the first is not counted: it comes upon new memory. */
const CHAIN = 9;
const LARGEST = 8192;

/**
 * Measures what the roofs of a roofline are: how fast TensorFlow multiplies large matrices of float32 and, where the
 * processor has instructions for it, of bfloat16, and how fast the memory is. Takes some seconds, and should have the
 * machine to itself. The sums are written over one of their inputs, so that no cache line is fetched only to be
 * overwritten, and no new page of memory is touched.
 *
 * @throws TypeError where TensorFlow's library is not here, which computes otherwise there and knows no ops' times;
 *   RangeError for an option out of range; what aborted `signal`
 * Source: for the matrices' and tensors' sizes McCalpin 1995, "STREAM": several times the largest cache.
 */
export async function measurePeaks(options: PeakOptions = {}): Promise<MachinePeaks> {
  checkOptions("measurePeaks", options, {
    runs: optional(aCount),
    size: optional(aCount),
    bytes: optional(aCount),
    onProgress: optional(orNull(aFunction)),
    signal: optional(aSignal),
  });
  const { runs = 5, bytes = 2 ** 27 } = options;
  const info = backendInfo();
  if (info.tensorflow === undefined)
    throw new TypeError(
      `measurePeaks: needs TensorFlow's library, and ${info.name} is running; ${typed("setup")} fetches it`,
    );
  const device = info.devices.find(({ type }) => type === "GPU") ?? info.devices[0]!;
  const missing = bfloat16Missing();
  const size = options.size ?? (await fittingSize());
  const compute: MachinePeaks["compute"][number][] = [];
  for (const dtype of ["float32", ...(missing === undefined ? ["bfloat16"] : [])]) {
    const seconds = await timeProducts(size, dtype === "bfloat16", runs, options);
    compute.push({ dtype, size, gflopsPerSecond: rateOf(seconds, (2 * size ** 3) / 1e9) });
  }
  const numbers = Math.max(1, Math.floor(bytes / 4));
  const gbPerSecond = rateOf(await timeSums(numbers, runs, options), (3 * 4 * numbers) / 1e9);
  return asPeaks({
    processor: device.type === "GPU" ? device.name : (cpus()[0]?.model.trim() ?? "unknown"),
    device: device.type,
    threads: availableParallelism(),
    library: info.title,
    measuredAt: new Date().toISOString(),
    compute,
    memory: { bytes: 4 * numbers, gbPerSecond },
    notMeasured: missing === undefined ? [] : [`bfloat16: ${missing}`],
  });
}

/** The size from which on a product takes long enough to be measured. */
async function fittingSize(): Promise<number> {
  for (let size = 1024; size < LARGEST; size *= 2) {
    const [seconds] = await timeProducts(size, false, 1, {});
    if (seconds! >= 1e-3) return size;
  }
  return LARGEST;
}

/** Seconds of each of many products of square matrices, one after the other. @param mixed in bfloat16 */
export async function timeProducts(
  size: number,
  mixed: boolean,
  runs: number,
  options: PeakOptions,
): Promise<number[]> {
  const products = compile(
    (x: tf.Tensor2D, weights: tf.Tensor2D) => {
      let y = x;
      for (let i = 0; i < CHAIN; i++) y = tf.matMul(y, weights);
      return tf.slice(y, [0, 0], [1, 1]);
    },
    { name: "measurePeaks", ...(mixed && { mixedPrecision: "bfloat16" as const }) },
  );
  // of deviation 1 / √size, which products keep: no number grows large or vanishes
  const [x, weights] = [0, 1].map((seed) => tf.randomNormal([size, size], 0, size ** -0.5, "float32", seed + 1));
  const what = `${size} × ${size} matrices of ${mixed ? "bfloat16" : "float32"}`;
  try {
    return await timed(products, [x!, weights!], { what, op: /MatMul/, runs, ...options });
  } finally {
    tf.dispose([x!, weights!]);
    products.dispose();
  }
}

/** Seconds of each of many sums; TensorFlow writes all but the first over the sum before it. */
async function timeSums(numbers: number, runs: number, options: PeakOptions): Promise<number[]> {
  const sums = compile(
    (x: tf.Tensor1D, y: tf.Tensor1D) => {
      let sum = x;
      for (let i = 0; i < CHAIN; i++) sum = tf.add(sum, y);
      return tf.slice(sum, [0], [1]);
    },
    { name: "measurePeaks" },
  );
  const [x, y] = [tf.ones([numbers]), tf.fill([numbers], 1e-3)];
  const what = `sums of ${(numbers / 2 ** 18).toFixed(0)} MiB`;
  try {
    return await timed(sums, [x, y], { what, op: /^Add/, runs, ...options });
  } finally {
    tf.dispose([x, y]);
    sums.dispose();
  }
}

/**
 * Seconds of each op of a chain, by TensorFlow's own timeline as a profile has it, in calls after one that is not
 * counted.
 */
async function timed(
  chain: unknown,
  given: readonly tf.Tensor[],
  { what, op, runs, onProgress, signal }: PeakOptions & { what: string; op: RegExp; runs: number },
): Promise<number[]> {
  const profiled = new ProfiledStep(chain, given);
  const seconds: number[] = [];
  try {
    await profiled.run(given, "nothing");
    for (let i = 1; i <= runs; i++) {
      signal?.throwIfAborted();
      const { metadata } = await profiled.run(given, "trace");
      const links = onDevice(readStepStats(metadata, 0n)).filter((one) => op.test(plainType(one.op)));
      seconds.push(...links.slice(1).map(({ durationUs }) => durationUs / 1e6));
      onProgress?.(`${what}: ${i} of ${runs}`);
    }
    return seconds;
  } finally {
    profiled.dispose();
  }
}

/** @param amount of each op, in billions */
function rateOf(seconds: readonly number[], amount: number): MeasuredRate {
  const rates = seconds.map((one) => amount / one).sort((a, b) => a - b);
  return {
    best: rates.at(-1)!,
    median: rates[Math.floor((rates.length - 1) / 2)]!,
    worst: rates[0]!,
    runs: rates.length,
  };
}
