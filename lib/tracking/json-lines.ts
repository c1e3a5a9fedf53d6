import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { aTitle, checkValue, optional } from "../checks.js";
import { binned } from "./binned.js";
import { pngOf } from "./png-of.js";
import { lineOf } from "./record-line.js";
import { openRunFile, type RunFile } from "./run-file.js";
import type { ImagesEntry, RunLog, RunStart, RunWriter } from "./run-log.js";

/** Where runs are recorded that no path was given for. */
export const RUNS_FOLDER = "runs";

/**
 * The record of a run as JSON lines, each written at once, so that it can be read after a kill at any moment: one line
 * as the run begins, one for each step's numbers, one as it ends. Numbers that are not finite stand as the texts "NaN",
 * "Infinity" and "-Infinity". Images lie beside it as PNG files. A run that goes on appends to its record. Of two runs
 * at once the second writes to a file beside it, "log-2.jsonl".
 *
 * @param path a file ("log.jsonl", which takes one run after another), or a folder, in which each run has a file of its
 *   own, ID.jsonl. Default "runs"
 * @throws TypeError for a path that is no text
 * @example await train.fit(model, set, { log: [tracking.jsonLines("runs/")] })
 */
export function jsonLines(path: string = RUNS_FOLDER): RunLog {
  checkValue("jsonLines", "path", path, optional(aTitle));
  return {
    name: "jsonLines",
    async start(run) {
      const file = await openRunFile(fileFor(path, run.id), run.id);
      try {
        return writerOf(run, file);
      } catch (error) {
        await file.close();
        throw error;
      }
    },
  };
}

/** The file of a run: a path that names a file, or one in the folder that it names. */
function fileFor(path: string, id: string): string {
  const isFile = /[^.]\.[a-z0-9]+$/i.test(basename(path)) && !statSync(path, { throwIfNoEntry: false })?.isDirectory();
  return isFile && !/[/\\]$/.test(path) ? path : join(path, `${id}.jsonl`);
}

function writerOf({ record: _, ...run }: RunStart, file: RunFile): RunWriter {
  file.append(lineOf({ type: "run", ...run }));
  return {
    record: file.path,
    scalars: (entry) => file.append(lineOf({ type: "scalars", ...entry })),
    images: (entry) => writeImages(entry, file),
    histograms: ({ values, ...entry }) => {
      const bins = Object.entries(values).map(([name, numbers]) => [name, binned(numbers)] as const);
      file.append(lineOf({ type: "histograms", ...entry, values: Object.fromEntries(bins) }));
    },
    artifact: (entry) => file.append(lineOf({ type: "artifact", ...entry })),
    config: (entry) => file.append(lineOf({ type: "config", ...entry })),
    async end(entry) {
      try {
        file.append(lineOf({ type: "end", ...entry }));
      } finally {
        await file.close();
      }
    },
  };
}

/** The folder of the files that belong to a record: "runs/ID". */
export function filesOf(record: string): string {
  return record.replace(/\.[^./\\]*$/, "");
}

function writeImages({ step, images }: ImagesEntry, file: RunFile): void {
  for (const [name, image] of Object.entries(images)) {
    const path = join(filesOf(file.path), "images", `${name}-${step}.png`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, pngOf(image));
    file.append(lineOf({ type: "artifact", name: `images/${name}-${step}.png`, path }));
  }
}
