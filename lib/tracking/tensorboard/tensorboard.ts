import { copyFileSync, mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { aTitle, checkOptions, optional } from "../../checks.js";
import { fieldsOf } from "../flattened.js";
import { RUNS_FOLDER } from "../json-lines.js";
import type { ArtifactEntry, ConfigEntry, EndEntry, RunLog, RunStart, RunWriter, ScalarsEntry } from "../run-log.js";
import { withSettings } from "../with-settings.js";
import { cutEvents } from "./cut-events.js";
import { openEventFile, type EventFile } from "./event-file.js";
import * as summaries from "./summaries.js";

/** What {@link tensorboard} takes. */
export interface TensorboardOptions {
  /** What is given to `tensorboard --logdir`; each run has a folder of its ID in it. Default "runs". */
  readonly folder?: string;
}

const PROFILE = /\.xplane\.pb$/;

/**
 * Records runs as TensorBoard's event files, each in a folder of its own: numbers as scalars, images, distributions as
 * histograms of 30 bins, the config as hyperparameters (of which the HPARAMS page makes a table of runs), and what else
 * is known of a run as a text. Each entry is written at once and whole. An artifact named NAME.xplane.pb, the bytes of
 * `analysis.toXSpace`, is put where the PROFILE page looks for it.
 *
 * A run that goes on begins a further file, and what it wrote of later steps before is cut off. Steps of one name
 * have to rise: TensorBoard drops what came before a lower one. It keeps numbers as float32, NaN among them, and of
 * more than 1,000 points of a name a random 1,000, without a single peak perhaps: `--samples_per_plugin
 * scalars=100000` keeps more (0, which its help says keeps all, shows none).
 *
 * @throws RangeError for an unknown option, TypeError for one of another kind
 * @example await train.fit(model, set, { log: [tracking.tensorboard({ folder: "runs" })] })
 * // tensorboard --logdir runs
 */
export function tensorboard(options: TensorboardOptions = {}): RunLog {
  checkOptions("tensorboard", options, { folder: optional(aTitle) }, [], { logdir: "folder", logDir: "folder" });
  const { folder = RUNS_FOLDER } = options;
  return {
    name: "tensorboard",
    address: { folder },
    start: (run) => new EventWriter(run, join(folder, run.id)),
  };
}

class EventWriter implements RunWriter {
  #run: RunStart;
  readonly #folder: string;
  readonly #file: EventFile;
  #step: number;
  /** Whether what the run is was said; not before its first entry, as TensorBoard keeps the first that it reads. */
  #isTold = false;
  /** Names of scalars that were written. */
  readonly #names = new Set<string>();

  constructor(run: RunStart, folder: string) {
    this.#run = run;
    this.#folder = folder;
    this.#step = run.step;
    mkdirSync(folder, { recursive: true });
    if (run.step > 0) cutEvents(folder, run.step);
    this.#file = openEventFile(folder);
    this.#file.append(summaries.versionEvent(run.time));
    this.#file.append(summaries.startEvent(run.time, run.step === 0 ? 0 : run.step + 1));
  }

  scalars({ step, time, values }: ScalarsEntry): void {
    for (const name of Object.keys(values)) this.#names.add(name);
    this.#write(
      time,
      step,
      Object.entries(values).map(([name, value]) => summaries.scalarValue(name, value)),
    );
  }

  images({ step, time, images }: Parameters<NonNullable<RunWriter["images"]>>[0]): void {
    this.#write(
      time,
      step,
      Object.entries(images).map(([name, image]) => summaries.imageValue(name, image)),
    );
  }

  histograms({ step, time, values }: Parameters<NonNullable<RunWriter["histograms"]>>[0]): void {
    this.#write(
      time,
      step,
      Object.entries(values).flatMap(([name, numbers]) => summaries.histogramValues(name, numbers)),
    );
  }

  artifact({ name, path }: ArtifactEntry): void {
    if (!PROFILE.test(name)) return;
    const place = join(this.#folder, "plugins", "profile", basename(name).replace(PROFILE, ""));
    mkdirSync(place, { recursive: true });
    copyFileSync(path, join(place, `${hostname()}.xplane.pb`));
  }

  config(entry: ConfigEntry): void {
    this.#run = withSettings(this.#run, entry);
    if (this.#isTold) this.#write(new Date().toISOString(), this.#step, [this.#about()]);
  }

  end({ time, status, seconds, result }: EndEntry): void {
    const found = Object.entries(result).filter(([name, value]) => typeof value === "number" && !this.#names.has(name));
    const rows = [["status", status] as const, ["seconds", seconds] as const, ...fieldsOf(result)];
    this.#write(time, this.#step, [
      ...found.map(([name, value]) => summaries.scalarValue(`result/${name}`, value as number)),
      summaries.textValue("run/end", summaries.tableText(rows)),
      // Of a run that was stopped nothing: TensorBoard would keep it after the run went on.
      ...(status === "stopped" ? [] : [summaries.sessionEnd(status, Date.parse(time) / 1000)]),
    ]);
    this.#file.close();
  }

  #write(time: string, step: number, values: readonly summaries.SummaryValue[]): void {
    this.#tell();
    this.#step = Math.max(this.#step, step);
    if (values.length > 0) this.#file.append(summaries.summaryEvent(time, step, values));
  }

  #tell(): void {
    if (this.#isTold) return;
    this.#isTold = true;
    const { id, time, step, config, data, model } = this.#run;
    const settings = fieldsOf({ data: data["name"], model: model["name"], ...config });
    const told = Object.fromEntries(settings.filter(([, value]) => value !== null));
    const start = summaries.sessionStart(told, id, Date.parse(time) / 1000);
    this.#file.append(summaries.summaryEvent(time, step, [start, this.#about()]));
  }

  /** A table of all that is known of the run. */
  #about(): summaries.SummaryValue {
    const { record: _, logs: __, config, data, model, machine, versions, ...rest } = this.#run;
    const rows = [...Object.entries(rest), ...fieldsOf(config), ...fieldsOf({ data, model, machine, versions })];
    return summaries.textValue("run/about", summaries.tableText(rows));
  }
}
