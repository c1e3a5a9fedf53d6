/** `npm run bench -- CASE`: measures ours and its peers in one run. */
import { BenchFailure, type BenchCase } from "../bench/bench-case.js";
import { commandOf } from "./command-line.js";

/** Every case; each is loaded only when it is asked for. */
const CASES: Readonly<Record<string, { readonly does: string; readonly load: () => Promise<BenchCase> }>> = {
  kernel: {
    does:
      "the kernel beside ipykernel and stock tslab: latencies, output, interrupts, memory (--long, " +
      "--quick, --only ROW, --store, --json)",
    load: async () => (await import("../bench/kernel-bench.js")).kernelCase,
  },
  soak: {
    does:
      "2,000 mixed cells with interrupts, reconnects, forged messages and floods, and 200 random sequences of a " +
      "debugger's requests (--cells N, --sequences N, --seed N, --kernel NAME, --json)",
    load: async () => (await import("../bench/soak-bench.js")).soakCase,
  },
  training: {
    does:
      "a training step of each network beside PyTorch's, as written and at its best, and Python's " +
      "tf.function; cost against batch and size (--only NETWORK, --full, --batch N, --quick, --store, " +
      "--json, --python PROGRAM; makes .venv-bench)",
    load: async () => (await import("../bench/training-bench.js")).trainingCase,
  },
  data: {
    does:
      "images/s of each study's data, augmented by worker threads, beside its training step (--only STUDY, " +
      "--quick, --store, --json)",
    load: async () => (await import("../bench/data-bench.js")).dataCase,
  },
  "fine-tune": {
    does:
      "test accuracy on a few images of CIFAR-10 of a network pretrained here on CIFAR-100, beside fresh " +
      "weights (--pretrain-images N, --pretrain-epochs N, --images N, --epochs N, --seeds N, --tested N, " +
      "--quick, --store, --json)",
    load: async () => (await import("../bench/fine-tune-bench.js")).fineTuneCase,
  },
  cifar100: {
    does:
      "CCT-6/3x1 on CIFAR-100 for as many epochs as fit: its test accuracy (--minutes N, --images N, " +
      "--tested N, --seed N, --store, --json)",
    load: async () => (await import("../bench/cifar100-bench.js")).cifar100Case,
  },
  sweep: {
    does:
      "48 small runs of study 6's settings, or 12 of its networks, in two processes, beside the same in PyTorch's " +
      "own loop; a sweep's overhead (--space settings|networks, --rounds N, --quick, --store, --json, " +
      "--python PROGRAM; makes .venv-bench)",
    load: async () => (await import("../bench/sweep-bench.js")).sweepCase,
  },
  workers: {
    does:
      "two processes that train together beside PyTorch's DistributedDataParallel: the cost of averaging, the global " +
      "step (--quick, --store, --json, --python PROGRAM; makes .venv-bench)",
    load: async () => (await import("../bench/workers-bench.js")).workersCase,
  },
  "mixed-precision": {
    does:
      "a training step in bfloat16 beside float32's and PyTorch's under autocast, where the processor has it " +
      "(--only NETWORK, --quick, --store, --json, --python PROGRAM; makes .venv-bench)",
    load: async () => (await import("../bench/mixed-precision-bench.js")).mixedPrecisionCase,
  },
  inference: {
    does:
      "inference of the same and of one image, beside ONNX Runtime and OpenVINO too (--only NETWORK, --full, " +
      "--batch N, --quick, --store, --json; makes .venv-bench)",
    load: async () => (await import("../bench/training-bench.js")).inferenceCase,
  },
};

const LISTED = Object.entries(CASES)
  .map(([name, { does }]) => `  ${name.padEnd(15)}  ${does}`)
  .join("\n");

const USAGE = {
  command: "bench",
  does: "Measures ours and its peers in one run.",
  words: "CASE [THE CASE'S OPTIONS]",
  options: {},
  more: `The cases:\n${LISTED}`,
};

export const run = commandOf(USAGE, read, async ({ name, rest }, project) => {
  try {
    const measure = await CASES[name]!.load();
    return await measure(rest, project);
  } catch (error) {
    if (!(error instanceof BenchFailure)) throw error;
    console.error(error.message);
    return error.exitCode;
  }
});

function read([name, ...rest]: readonly string[]): { readonly name: string; readonly rest: readonly string[] } {
  if (name !== undefined && Object.hasOwn(CASES, name)) return { name, rest };
  const said = name === undefined ? "bench: no case given" : `bench: unknown case "${name}"`;
  throw new RangeError(`${said}. The known ones (npm run bench -- CASE):\n${LISTED}`);
}
