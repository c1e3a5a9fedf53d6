/** `bench cifar100`: CCT-6/3x1 on CIFAR-100 for as many minutes as are given, and its test accuracy. */
import { availableParallelism } from "node:os";
import { anInteger } from "../checks.js";
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

/** Minutes without --minutes: a look on a CPU, where an epoch takes an hour. */
const MINUTES = 5;
/** Threads that make the batches, at most: one makes some 14,000 augmented images/s. */
const MOST_WORKERS = 8;

/**
 * Arguments: --minutes N, --images N (of the training set, all without it), --tested N (of the test set), --seed N,
 * --store, --json.
 * @throws BenchFailure where an argument is unknown or out of range (2), and where --store finds no official archive
 *   (1)
 */
export const cifar100Case: BenchCase = async (args, project) => {
  checkOptionsOf("cifar100", args, ["store", "json"], ["minutes", "images", "tested", "seed"]);
  const number = (name: string, without: number | undefined, least: number): number | undefined => {
    const text = option(args, name);
    const value = text === undefined ? without : Number(text);
    if (
      value !== undefined &&
      !(Number.isFinite(value) && value >= least && (name === "minutes" || anInteger.holds(value)))
    ) {
      throw new BenchFailure(
        `bench cifar100: --${name} must be a ${name === "minutes" ? "number" : "whole number"} of ${least} ` +
          `or more, got ${text}`,
        2,
      );
    }
    return value;
  };
  const [minutes, images, tested, seed] = [
    number("minutes", MINUTES, 0.1)!,
    number("images", undefined, 1),
    number("tested", undefined, 1),
    number("seed", 0, 0)!,
  ];
  const store = checkStore("cifar100", args, ["minutes", "images", "tested", "seed"]);
  const json = args.includes("--json");
  const { NETWORK, RECIPE, trainOnCifar100 } = await import("./cifar100/train-on-cifar100.js");
  const { backendInfo } = await import("../backend/index.js");
  const { chosenDevice } = await import("./device.js");
  const { storedData } = await import("../study/report.js");
  const [{ title }, { gpu }] = [backendInfo(), chosenDevice()];
  const [beganMs, watch] = [performance.now(), new MachineWatch(gpu)];
  await watch.look();
  if (!json) console.log(`${machine()}${gpu === undefined ? "" : `; ${gpu}`}; ${title}`);
  const workers = Math.max(1, Math.min(MOST_WORKERS, availableParallelism() - 1));
  const { history, accuracy, top5Accuracy, loss, stepMs, parameters, predictions, dataset } = await trainOnCifar100({
    minutes,
    images,
    tested,
    seed,
    workers,
    progress: !json,
  });
  const { label, kind } = dataset.provenance;
  const last = history.epochs.at(-1);
  const metrics: CaseMetric[] = [
    { case: NETWORK, metric: "test accuracy", unit: "%", samples: { ours: [100 * accuracy] } },
    { case: NETWORK, metric: "test accuracy among five", unit: "%", samples: { ours: [100 * top5Accuracy] } },
    { case: NETWORK, metric: "test loss", unit: "", samples: { ours: [loss] } },
    { case: NETWORK, metric: "training loss, last epoch", unit: "", samples: { ours: last ? [last.loss] : [] } },
    { case: NETWORK, metric: "training step, data included", unit: "ms", samples: { ours: stepMs } },
    { case: NETWORK, metric: "training", unit: "s", samples: { ours: [history.seconds] } },
  ];
  const sides = { ours: ["ours"], peers: [] };
  if (json) for (const row of toJsonRows(metrics, { ...sides, peers: ["none"] })) console.log(JSON.stringify(row));
  else
    console.log(
      `\n${label}; seed ${seed}; ${history.epochs.length} of ${history.config.epochs} epochs of ` +
        `${images ?? dataset.train.labels.length} images, ${history.steps} steps, ended by ` +
        `${history.endedBy}\n${toTable(metrics, ["ours"])}`,
    );
  if (!store) return 0;
  if (kind !== "archive")
    throw new BenchFailure(`bench cifar100: --store keeps what was measured on the official archive, got ${label}`, 1);
  await watch.look();
  const cases = {
    [NETWORK]: {
      parameters,
      seed,
      minutes,
      images: images ?? dataset.train.labels.length,
      tested: predictions.test.count,
      workers,
      recipe: RECIPE,
      epochs: history.epochs.length,
      epochsPlanned: history.config.epochs,
      steps: history.steps,
      endedBy: history.endedBy,
      data: storedData(dataset),
      losses: history.epochs.map((epoch) => Number(epoch.loss.toFixed(4))),
      accuracies: history.epochs.map((epoch) => Number(epoch.accuracy.toFixed(4))),
      predictions,
    },
  };
  const versions = { Node: process.versions.node, backend: title };
  const outcome = { metrics, versions, cases, ...sides };
  const file = storeBench(project.root, "cifar100", beganMs, watch, outcome, `cifar100 ${args.join(" ")}`);
  console.error(`stored in ${file}`);
  return 0;
};
