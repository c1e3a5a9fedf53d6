import { checkValue } from "../checks.js";
import { percentText } from "../shown.js";

/** Where a run stands. */
export interface Standing {
  /** The epoch that runs, from 1. */
  readonly epoch: number;
  /** Epochs of the run. */
  readonly epochs: number;
  /** Batches done in this epoch. */
  readonly batch: number;
  /** Batches of this epoch. */
  readonly batches: number;
  /** Batches done in the run. */
  readonly step: number;
  /** Batches of the run. */
  readonly steps: number;
  /** Images per second since the run began, or went on. */
  readonly rate: number;
  /** To the end of the last epoch, as fast as until now. */
  readonly secondsLeft: number;
  /** Means over this epoch so far. */
  readonly loss: number;
  /** 0 to 1, over this epoch so far. */
  readonly accuracy: number;
}

/** What ended a run: its last epoch, a signal, `targetAccuracy`, `patience`, or a number that was not finite. */
export type EndedBy = "epochs" | "signal" | "targetAccuracy" | "patience" | "notFinite";

/** What was found on a set after an epoch, means over its images. */
export interface Measurement<Name extends string = string> {
  /** Without what regularizers add. */
  readonly loss: number;
  /** 0 to 1. */
  readonly accuracy: number;
  /** Each of the run's metrics, where it has some. */
  readonly metrics?: Readonly<Record<Name, number>>;
}

/** What was found of an epoch after it. */
export interface Measured<Name extends string = string> extends Pick<Standing, "epoch" | "epochs"> {
  /** On the training set, where that is measured. */
  readonly training?: Measurement<Name>;
  /** On the validation set, where there is one. */
  readonly validation?: Measurement<Name>;
}

/** Shows a run's standing as it goes. */
export interface Progress {
  /** After each step. */
  step(standing: Standing): void;
  /** At a point worth a line of its own: the end of a window of batches, or of an epoch. */
  mark(standing: Standing): void;
  /** After an epoch's evaluation, where there is one. Default: shows nothing of it. */
  measured?(found: Measured): void;
  /**
   * Ends the line that was being updated, and says what ended the run before its last epoch.
   * @param endedBy undefined where an error did
   */
  end(endedBy?: EndedBy): void;
}

const UPDATE_MS = 100;

/**
 * On a terminal one line that is updated in place, with a line kept per epoch; elsewhere a line per mark.
 *
 * @param stream where it writes; standard output by default
 * @param name of the run, in front of each line; none by default
 * @throws TypeError for what is no stream
 */
export function terminalProgress(stream: NodeJS.WriteStream = process.stdout, name?: string): Progress {
  checkValue("terminalProgress", "stream", stream, {
    what: "a stream",
    holds: (value) => typeof (value as NodeJS.WriteStream | null)?.write === "function",
  });
  if (!stream.isTTY) {
    const write = (text: string) => void stream.write(`${text}\n`);
    let last: Standing | undefined;
    return {
      step: (standing) => void (last = standing),
      mark: (standing) => write(line((last = standing), name)),
      measured: (found) => write(measuredLine(found, name)),
      end: (endedBy) => isEarly(endedBy) && last && write(line(last, name, endedBy)),
    };
  }
  let shownMs = 0;
  let open = false;
  let last: Standing | undefined;
  const show = (standing: Standing, endedBy?: EndedBy) => {
    const text = line(standing, name, endedBy);
    stream.write(`\r\x1b[K${text.slice(0, Math.max(1, (stream.columns || 80) - 1))}`);
    shownMs = performance.now();
    open = true;
  };
  const end = () => {
    if (open) stream.write("\n");
    open = false;
  };
  return {
    step(standing) {
      last = standing;
      if (performance.now() - shownMs >= UPDATE_MS) show(standing);
    },
    mark(standing) {
      last = standing;
      show(standing);
      if (standing.batch === standing.batches) end();
    },
    measured(found) {
      end();
      stream.write(`${measuredLine(found, name)}\n`);
    },
    end(endedBy) {
      if (isEarly(endedBy) && last) show(last, endedBy);
      end();
    },
  };
}

/** Shows nothing. */
export const silentProgress: Progress = { step() {}, mark() {}, end() {} };

/** Whether a run ended before its last epoch, and not by an error. */
export function isEarly(endedBy: EndedBy | undefined): endedBy is keyof typeof EARLY {
  return endedBy !== undefined && endedBy in EARLY;
}

/** How the line of a run ends that ended before its last epoch. */
const EARLY = {
  signal: "stopped",
  targetAccuracy: "ended: the target accuracy is reached",
  patience: "ended: patience is over",
  notFinite: "ended: a number was not finite",
};

/**
 * "vit: epoch 1/10 · 200/500 · loss 2.016 · accuracy 25.1 % · 1,234 images/s · 1 min 20 s left"; at a run's end nothing
 * is left, and before it what ended it is said
 */
export function line(
  { epoch, epochs, batch, batches, rate, secondsLeft, loss, accuracy }: Standing,
  name?: string,
  endedBy?: EndedBy,
): string {
  const isOver = epoch === epochs && batch === batches;
  const left = isOver ? [] : [`${durationText(secondsLeft)} left`];
  const rest = isEarly(endedBy) ? [EARLY[endedBy]] : left;
  return [
    `${prefix(name)}epoch ${epoch}/${epochs}`,
    `${batch}/${batches}`,
    `loss ${loss.toFixed(3)}`,
    `accuracy ${percentText(accuracy)}`,
    `${Math.round(rate).toLocaleString("en")} images/s`,
    ...rest,
  ].join(" · ");
}

/** "vit: epoch 1/10 · validation: loss 1.987, accuracy 26.4 %" */
export function measuredLine({ epoch, epochs, training, validation }: Measured, name?: string): string {
  const parts = Object.entries({ training, validation }).flatMap(([of, found]) =>
    found ? [`${of}: ${measurementText(found)}`] : [],
  );
  return [`${prefix(name)}epoch ${epoch}/${epochs}`, ...parts].join(" · ");
}

function measurementText({ loss, accuracy, metrics = {} }: Measurement): string {
  const own = Object.entries(metrics).map(([name, value]) => `, ${name} ${shortNumber(value)}`);
  return `loss ${loss.toFixed(3)}, accuracy ${percentText(accuracy)}${own.join("")}`;
}

function prefix(name: string | undefined): string {
  return name === undefined ? "" : `${name}: `;
}

/** "0.1235" */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(4)));
}

/** "2 min 3 s" */
export function durationText(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
