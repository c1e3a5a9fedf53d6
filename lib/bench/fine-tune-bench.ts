/** `bench fine-tune`: the test accuracy on CIFAR-10 of a network pretrained here on CIFAR-100, beside fresh weights. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { aCount } from "../checks.js";
import type { FineTuneSizes } from "./fine-tune/fine-tune.js";
import { machine, MachineWatch } from "./machine.js";
import {
  BenchFailure,
  checkOptionsOf,
  option,
  toJsonRows,
  toTable,
  type BenchCase,
  type CaseMetric,
} from "./bench-case.js";
import { checkStore, storeBench } from "./stored-bench.js";

/** By its option, what is stored, and what --quick takes. */
const SIZES = {
  "pretrain-images": ["pretrainImages", 10_000, 400],
  "pretrain-epochs": ["pretrainEpochs", 6, 1],
  images: ["images", 300, 100],
  epochs: ["epochs", 20, 2],
  seeds: ["seeds", 3, 2],
  tested: ["tested", 2_000, 100],
} as const satisfies Record<string, readonly [keyof FineTuneSizes, number, number]>;

/**
 * Arguments: --quick (seconds: a look, not a measurement), one option for each size, --store, --json.
 * @throws BenchFailure where an argument is unknown or no count (2), and where --store finds no official archives (1)
 */
export const fineTuneCase: BenchCase = async (args, project) => {
  checkOptionsOf("fine-tune", args, ["quick", "store", "json"], Object.keys(SIZES));
  const sizes = sizesOf(args);
  const store = checkStore("fine-tune", args);
  const json = args.includes("--json");
  const { ALL, fineTune, FRESH, HEAD, NETWORK, RECIPE, STARTS } = await import("./fine-tune/fine-tune.js");
  const { backendInfo } = await import("../backend/index.js");
  const [beganMs, watch] = [performance.now(), new MachineWatch()];
  await watch.look();
  if (!json) console.log(machine());
  const folder = await mkdtemp(join(tmpdir(), "saccade-fine-tune-"));
  try {
    const { pretrainedAccuracy, pretrainSeconds, accuracies, data, archives } = await fineTune(sizes, folder, !json);
    const percent = Object.fromEntries(STARTS.map((start) => [start, accuracies[start].map((share) => 100 * share)]));
    const metric: CaseMetric = { case: NETWORK, metric: "test accuracy", unit: "%", samples: percent };
    const sides = { ours: [ALL, HEAD], peers: [FRESH] };
    if (json) for (const row of toJsonRows([metric], sides)) console.log(JSON.stringify(row));
    else
      console.log(
        `\n${data.join("; ")}\n${NETWORK} has ${(100 * pretrainedAccuracy).toFixed(1)} % of CIFAR-100 right ` +
          `after ${pretrainSeconds.toFixed(0)} s\n${toTable([metric], STARTS)}`,
      );
    if (store) {
      if (Object.keys(archives).length === 0)
        throw new BenchFailure(
          `bench fine-tune: --store keeps what was measured on the official archives, got ${data.join("; ")}`,
          1,
        );
      await watch.look();
      const versions = { Node: process.versions.node, backend: backendInfo().title };
      const cases = {
        [NETWORK]: {
          ...sizes,
          archives,
          recipe: RECIPE,
          pretrainedAccuracy,
          pretrainSeconds: Math.round(pretrainSeconds),
        },
      };
      const outcome = { metrics: [metric], versions, cases, ...sides };
      console.error(`stored in ${storeBench(project.root, "fine-tune", beganMs, watch, outcome)}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return 0;
};

function sizesOf(args: readonly string[]): FineTuneSizes {
  return Object.fromEntries(
    Object.entries(SIZES).map(([name, [size, stored, quick]]) => {
      const text = option(args, name);
      const value = text === undefined ? (args.includes("--quick") ? quick : stored) : Number(text);
      if (!aCount.holds(value))
        throw new BenchFailure(`bench fine-tune: --${name} must be a whole number above 0, got ${text}`, 2);
      return [size, value];
    }),
  ) as unknown as FineTuneSizes;
}
