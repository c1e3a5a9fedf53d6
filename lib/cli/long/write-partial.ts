/** A unit's partial result, `results/NAME/partial.RUN.json`: kept up with its checkpoints, gone once it is stored. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { ownMachine, ownVersions } from "../../backend/environment.js";
import { commitOf } from "../../files/commit.js";
import { typed } from "../../files/own-folder.js";
import type { PartialResult, PartialRun } from "../../study/partial-result.js";
import { codeDigest, writeResult } from "../studies/result.js";
import { resultsFolder } from "../studies/study-claims.js";
import type { Unit } from "./long-plan.js";
import { begunOf, stateOf, type Begun, type BegunRun } from "./unit-state.js";

/** Between two looks at the checkpoints. */
const LOOK_MS = 30_000;

/** Where a unit's partial result lies. */
function partialFile(notebooks: string, { study, runName }: Unit): string {
  return join(resultsFolder(notebooks, study), `partial.${runName}.json`);
}

/**
 * Writes a unit's partial result as its checkpoints move.
 * @returns ends that: the file then says how the unit stands, or is gone where its result is stored
 */
export function followUnit(root: string, notebooks: string, unit: Unit): () => Promise<void> {
  let last = "";
  const look = async (): Promise<void> => {
    const begun = await begunOf(notebooks, unit);
    const now = JSON.stringify([begun.runs.map(({ name, written }) => [name, written]), begun.sweeps]);
    if (now === last || begun.runs.length + begun.sweeps.length === 0) return;
    last = now;
    writeResult(partialFile(notebooks, unit), partialOf(root, notebooks, unit, begun));
  };
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = looking.then(look).catch(() => undefined); // a checkpoint that was just removed: the next look has it
  }, LOOK_MS);
  return async () => {
    clearInterval(timer);
    await looking;
    const state = await stateOf(root, notebooks, unit);
    if (state.is !== "stored" || state.by !== "this notebook") return look();
    rmSync(partialFile(notebooks, unit), { force: true });
  };
}

function partialOf(root: string, notebooks: string, unit: Unit, { runs, sweeps }: Begun): PartialResult {
  const { study, size, seed, arms } = unit;
  return {
    study,
    size,
    config: { size, seed, arms },
    versions: ownVersions(),
    machine: ownMachine(),
    command: typed(`long ${study}`),
    date: new Date().toISOString(),
    commit: commitOf(root),
    notebook: codeDigest(join(notebooks, `${study}.ipynb`)),
    runs: Object.fromEntries(runs.map((run) => [run.name, partialRun(run)])),
    sweeps: Object.fromEntries(sweeps.map(({ name, trials }) => [name, trials])),
  };
}

function partialRun({ written, state: { config, set, recorder } }: BegunRun): PartialRun {
  const { name, split, images } = set;
  return {
    epochs: recorder.epochs.length,
    of: Math.ceil(config.epochs),
    steps: recorder.steps,
    seconds: recorder.seconds,
    written: written.toISOString(),
    set: { name, split, images },
    config,
    losses: recorder.losses.map(({ epoch, batch, loss }) => [epoch, batch, Number(loss.toFixed(4))] as const),
    history: recorder.epochs,
  };
}
