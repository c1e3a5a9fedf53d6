/** How a sweep that runs is shown: an output that is updated in place in a notebook, lines in a terminal. */
import { progressBundle } from "../shown.js";
import { broadcast, outputInPlace, type Broadcast } from "../host.js";
import { durationText } from "../train/progress.js";
import type { TrialState } from "./record/trial-record.js";
import { ranked, shortNumber, summaryText } from "./result/result-table.js";

/** A trial as it stands. */
export interface ShownTrial extends TrialState {
  readonly trial: number;
  readonly config: Readonly<Record<string, unknown>>;
}

/** What is shown of a sweep. */
export interface Standing {
  readonly name: string;
  readonly trials: readonly ShownTrial[];
  readonly metric: string | null;
  readonly mode: "max" | "min";
  /** Of the trials that are left; undefined before the first has ended. */
  readonly secondsLeft: number | undefined;
}

/** Shows a sweep as it goes. */
export interface SweepProgress {
  /** Something has changed. @param ended the trial that has ended, if one has */
  update(standing: () => Standing, ended?: ShownTrial): void;
  end(standing: Standing): void;
}

const UPDATE_MS = 250;
/** Trials in a notebook's output: those that run, the best, and those that failed last. */
const [MOST_RUNNING, MOST_BEST, MOST_FAILED] = [16, 5, 3];

/** @param shown false: nothing */
export function progressOf(shown: boolean): SweepProgress {
  if (!shown) return { update() {}, end() {} };
  const publish = broadcast();
  return publish ? inPlace(publish) : inTerminal(process.stdout);
}

function inPlace(publish: Broadcast): SweepProgress {
  const output = outputInPlace(publish);
  let shownMs = -Infinity;
  const show = (standing: Standing): void => {
    const lines = [headLine(standing), ...trialLines(standing)];
    output(progressBundle(lines, endedAmong(standing.trials).length, standing.trials.length));
    shownMs = performance.now();
  };
  return {
    update(standing) {
      if (performance.now() - shownMs >= UPDATE_MS) show(standing());
    },
    end: (standing) => show(standing),
  };
}

/** On a terminal a line that is updated in place and a line kept of each trial; elsewhere of those, two a second. */
function inTerminal(stream: NodeJS.WriteStream): SweepProgress {
  let [shownMs, passed] = [-Infinity, 0];
  const clear = stream.isTTY ? "\r\x1b[K" : "";
  const ended = (standing: Standing, one: ShownTrial): void => {
    const rare = stream.isTTY || performance.now() - shownMs >= 2 * UPDATE_MS || one.status === "failed";
    if (!rare) return void passed++;
    const more = passed > 0 ? ` · ${passed} more before it` : "";
    passed = 0;
    stream.write(`${clear}${standing.name}: ${trialLine(one)} · ${leftText(standing)}${more}\n`);
    shownMs = performance.now();
  };
  return {
    update(standing, one) {
      if (one) ended(standing(), one);
      else if (stream.isTTY && performance.now() - shownMs >= UPDATE_MS) {
        stream.write(`${clear}${headLine(standing()).slice(0, (stream.columns ?? 80) - 1)}`);
        shownMs = performance.now();
      }
    },
    end: (standing) => void stream.write(`${clear}${headLine(standing)}\n`),
  };
}

const LEFT = ["waiting", "running", "interrupted"];

/**
 * How long the trials that are left take, were each as long as the mean of those that have ended, and those that run
 * half done; undefined before the first has ended.
 *
 * @param places that take trials side by side
 */
export function secondsLeftOf(trials: readonly ShownTrial[], places: number): number | undefined {
  const ended = endedAmong(trials).flatMap(({ seconds }) => seconds ?? []);
  if (ended.length === 0) return undefined;
  const mean = ended.reduce((sum, seconds) => sum + seconds, 0) / ended.length;
  const left = trials.filter(({ status }) => LEFT.includes(status)).length;
  const running = trials.filter(({ status }) => status === "running").length;
  return (mean * (left - running / 2)) / Math.max(1, places);
}

function endedAmong(trials: readonly ShownTrial[]): ShownTrial[] {
  return trials.filter(({ status }) => !LEFT.includes(status));
}

/** "lr: 48 trials: 2 running, 12 finished, 34 waiting · best accuracy 0.894 (trial 7) · 3 min 20 s left" */
export function headLine(standing: Standing): string {
  const { name, trials, metric, mode } = standing;
  const [best] = metric === null ? [] : ranked(trials, metric, mode);
  const told = best ? [`best ${metric} ${shortNumber(best.metrics[metric!]!)} (trial ${best.trial})`] : [];
  const left = trials.some(({ status }) => status === "running") ? [leftText(standing)] : [];
  return [`${name}: ${summaryText(trials)}`, ...told, ...left].filter((part) => part !== "").join(" · ");
}

function leftText({ trials, secondsLeft }: Standing): string {
  const done = endedAmong(trials).length;
  const time = secondsLeft === undefined || done === trials.length ? "" : `, ${durationText(secondsLeft)} left`;
  return `${done} of ${trials.length}${time}`;
}

function trialLines({ trials, metric, mode }: Standing): string[] {
  const running = trials.filter(({ status }) => status === "running").slice(0, MOST_RUNNING);
  const best = metric === null ? [] : ranked(trials, metric, mode).slice(0, MOST_BEST);
  const failed = trials.filter(({ status }) => status === "failed" || status === "diverged").slice(-MOST_FAILED);
  return [...new Set([...running, ...best, ...failed])].map(trialLine);
}

/** "trial 7 (lr 0.01, batch 64) finished after 3.2 s: accuracy 0.894, loss 0.31" */
export function trialLine({ trial, config, status, seconds, metrics, error, step }: ShownTrial): string {
  const settings = Object.entries(config).map(([name, value]) => `${name} ${valueText(value)}`);
  const found = Object.entries(metrics).map(([name, value]) => `${name} ${shortNumber(value)}`);
  const at = status === "running" && step !== null ? ` at step ${step}` : "";
  const after = seconds === null ? at : ` after ${seconds.toFixed(1)} s`;
  const what = error?.message.split("\n")[0] ?? found.slice(0, 4).join(", ");
  const text = `trial ${trial} (${settings.slice(0, 6).join(", ")}) ${status}${after}${what ? `: ${what}` : ""}`;
  return text.length > 220 ? `${text.slice(0, 219)}…` : text;
}

function valueText(value: unknown): string {
  if (typeof value === "number") return shortNumber(value);
  return typeof value === "string" ? value : JSON.stringify(value);
}
