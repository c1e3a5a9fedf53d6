/** What a run reports, entry by entry, and what takes it: the same shapes as the lines of a run's record. */

/** How a run ended: its work was done, a signal stopped it, an error ended it, or a number was not finite. */
export type RunStatus = "finished" | "stopped" | "failed" | "diverged";

/** Plain data by name, that JSON can hold. */
export type PlainRecord = Readonly<Record<string, unknown>>;

/** What a run is, as it begins. */
export interface RunStart {
  /** Name, UTC time and a few random letters; the same of a run that goes on: "cct.20260102-030405.k3x9". */
  readonly id: string;
  /** As the run was called. */
  readonly name: string;
  /** When this began, ISO 8601, UTC. */
  readonly time: string;
  /** 0, or the step that a run goes on from: what it wrote of later steps before no longer counts. */
  readonly step: number;
  /** All that was set. */
  readonly config: PlainRecord;
  /** Which images: name, split, count, where they are from and their digests. Empty: not said. */
  readonly data: PlainRecord;
  /** Which network: name, params, input shape. Empty: not said. */
  readonly model: PlainRecord;
  /** Processor, cores, devices, memory. */
  readonly machine: PlainRecord;
  /** Of Node, TensorFlow.js, TensorFlow and this package. */
  readonly versions: PlainRecord;
  /** What was called: "node train.js --epochs 3". */
  readonly command: string;
  /** Of the working directory's repository, "-dirty" behind it where files were changed; null without one. */
  readonly commit: string | null;
  /** Who ran it, as the system calls them. */
  readonly user: string;
  /** Where else it is recorded: each log's name with its address, without secrets. Default: nowhere that is noted. */
  readonly logs?: readonly PlainRecord[];
  /** Path of the run's JSON-lines record; null where none could be written. */
  readonly record: string | null;
}

/** Numbers of one step. */
export interface ScalarsEntry {
  /** Steps done, 0 or more. */
  readonly step: number;
  /** The epoch that the step was of, from 1. */
  readonly epoch?: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** By name, "train/loss"; NaN and infinities stay what they are. */
  readonly values: Readonly<Record<string, number>>;
}

/** uint8 pixels, row by row. */
export interface LoggedImage {
  /** uint8 [height, width, channels], 0 to 255. */
  readonly data: Uint8Array;
  /** Rows. */
  readonly height: number;
  /** Columns. */
  readonly width: number;
  /** 1 gray, 3 RGB, 4 RGB with opacity. */
  readonly channels: number;
}

/** Images of one step. */
export interface ImagesEntry {
  /** Steps done. */
  readonly step: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** By name, "samples/wrong". */
  readonly images: Readonly<Record<string, LoggedImage>>;
}

/** Distributions of one step. */
export interface HistogramsEntry {
  /** Steps done. */
  readonly step: number;
  /** ISO 8601, UTC. */
  readonly time: string;
  /** The numbers themselves, by name: each log sorts them into bins of its own. */
  readonly values: Readonly<Record<string, ArrayLike<number>>>;
}

/** A file of the run. */
export interface ArtifactEntry {
  /** As the run calls it, "/" between folders: "model/model.safetensors". */
  readonly name: string;
  /** Where the file lies. */
  readonly path: string;
}

/** What a run was told of itself after it began; each field over what was there. */
export interface ConfigEntry {
  /** Further settings. */
  readonly config?: PlainRecord;
  /** Which images. */
  readonly data?: PlainRecord;
  /** Which network. */
  readonly model?: PlainRecord;
}

/** How a run ended. */
export interface EndEntry {
  /** ISO 8601, UTC. */
  readonly time: string;
  /** What ended it. */
  readonly status: RunStatus;
  /** Wall time, of all its parts where it went on. */
  readonly seconds: number;
  /** What came out: numbers and texts by name. */
  readonly result: PlainRecord;
  /** What a sweep's trial threw. Default: nothing, or `result` says it. */
  readonly error?: {
    /** The error's message. */
    readonly message: string;
  };
}

/**
 * The record of one run under way, in one log. What a method throws, or its promise is rejected with, never reaches the
 * run: it is told once, at the run's end.
 */
export interface RunWriter {
  /** Path of the JSON-lines record, where this writes one. */
  readonly record?: string;
  /** Takes numbers of a step. A promise is waited for before the next call of a method, and never by the run. */
  scalars(entry: ScalarsEntry): void | Promise<void>;
  /** Takes images. Default: they are left out. */
  images?(entry: ImagesEntry): void | Promise<void>;
  /** Takes distributions. Default: they are left out. */
  histograms?(entry: HistogramsEntry): void | Promise<void>;
  /** Takes a file. Default: it is left out. */
  artifact?(entry: ArtifactEntry): void | Promise<void>;
  /** Takes what was added to config, data and model. Default: it is left out. */
  config?(entry: ConfigEntry): void | Promise<void>;
  /** Ends the record; the run waits for it. */
  end(entry: EndEntry): void | Promise<void>;
}

/** Where runs are recorded: what `train.fit`'s option `log` and `startRun` take. One log serves any number of runs. */
export interface RunLog {
  /** What messages call it, "mlflow". */
  readonly name: string;
  /** Whether it takes a trained model as an artifact. Default false. */
  readonly takesModels?: boolean;
  /** Whether it shows where a run stands: `fit` then shows no progress where it is not asked for it. Default false. */
  readonly showsProgress?: boolean;
  /** Where it writes, as plain data without secrets: what a later sending needs. Default: not noted. */
  readonly address?: PlainRecord;
  /** Begins the record of a run, or goes on with it. */
  start(run: RunStart): RunWriter | Promise<RunWriter>;
}
