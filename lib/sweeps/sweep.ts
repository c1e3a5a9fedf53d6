import type { OpenablePlace, PlaceStart, Seat } from "./place.js";
import { UnreadyError, type TrialOutcome } from "./process/trial-process.js";
import { TrialOutput } from "./process/trial-output.js";
import { trialName, trialPaths } from "./record/sweep-folder.js";
import { readTrial, stateAfter, TrialRecord, waiting, type TrialState } from "./record/trial-record.js";
import type { StopRuleState } from "./rules/stop-rule.js";
import type { Space } from "./space/space.js";
import { endOf } from "./trial-end.js";
import { runFacts, type RunFacts } from "./record/run-facts.js";
import { progressOf, secondsLeftOf, type ShownTrial, type Standing, type SweepProgress } from "./sweep-progress.js";

/** What a sweep runs by. */
export interface SweepPlan {
  readonly name: string;
  readonly folder: string;
  readonly space: Space;
  readonly start: PlaceStart;
  readonly place: OpenablePlace;
  readonly seats: number;
  /** Whether it is to be told where processes are not pinned. */
  readonly pin: boolean;
  readonly rule: StopRuleState | undefined;
  readonly until: ((metrics: Readonly<Record<string, number>>, step: number) => boolean) | undefined;
  readonly metric: string | null;
  readonly mode: "max" | "min";
  readonly progress: boolean;
  readonly signal: AbortSignal;
}

const INTERRUPTED = "the sweep is interrupted";
/** How long trials have to end after an interrupt before their processes are killed. */
const STOP_MS = 10_000;
/** Processes in a row that cannot be made ready before the sweep gives up. */
const MOST_UNREADY = 3;

/** A sweep under way. */
export class Sweep {
  readonly states: TrialState[];
  readonly notes: string[] = [];
  readonly #plan: SweepPlan;
  readonly #progress: SweepProgress;
  readonly #seats = new Set<Seat>();
  #queue: number[] = [];
  #unready = 0;
  #failure: unknown;
  #facts: RunFacts | undefined;
  /** Trials that ended in this call. */
  #ended = 0;

  constructor(plan: SweepPlan) {
    this.#plan = plan;
    this.states = plan.space.configs.map(waiting);
    this.#progress = progressOf(plan.progress);
  }

  get interrupted(): boolean {
    return this.states.some(({ status }) => status === "waiting" || status === "interrupted");
  }

  /** Takes what an earlier call recorded; the rule sees its reports in the order of their times. */
  async readRecords(retryFailed: boolean): Promise<void> {
    const { name, folder, rule } = this.#plan;
    const seen: { trial: number; timeMs: number; step: number; values: Readonly<Record<string, number>> }[] = [];
    for (const trial of this.states.keys()) {
      const { state, reports } = await readTrial(trialPaths(folder, name, trial).record);
      const runs =
        state.status === "waiting" || state.status === "interrupted" || (retryFailed && state.status === "failed");
      if (runs) this.#queue.push(trial);
      else {
        this.states[trial] = state;
        seen.push(...reports.map((report) => ({ trial, ...report })));
      }
    }
    if (!rule) return;
    for (const { trial, step, values } of seen.sort((a, b) => a.timeMs - b.timeMs)) rule.report(trial, step, values);
  }

  /** Runs what is left. */
  async run(): Promise<void> {
    const { signal, seats } = this.#plan;
    const stop = (): void => this.#stop();
    signal.addEventListener("abort", stop, { once: true });
    try {
      const count = Math.min(seats, this.#queue.length);
      await Promise.all(Array.from({ length: count }, (_, slot) => this.#serve(slot)));
    } finally {
      signal.removeEventListener("abort", stop);
      await Promise.all([...this.#seats].map((seat) => seat.end()));
    }
    this.#progress.end(this.#standing());
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** One seat's trials. Never rejects: what fails ends the sweep. */
  async #serve(slot: number): Promise<void> {
    let seat: Seat | undefined;
    try {
      while (!this.#isOver) {
        if (!seat?.isAlive) seat = await this.#open(slot, seat);
        const trial = this.#isOver || !seat ? undefined : this.#queue.shift();
        if (trial === undefined || !seat) continue;
        const outcome = await this.#runTrial(trial, seat);
        if (outcome.kind === "lost" || outcome.worn) await this.#close(seat);
      }
    } catch (error) {
      this.#failure ??= error;
    }
    if (seat) await this.#close(seat);
    if (this.#failure !== undefined) for (const each of this.#seats) void each.end();
  }

  get #isOver(): boolean {
    return this.#queue.length === 0 || this.#failure !== undefined || this.#plan.signal.aborted;
  }

  /** @returns undefined where it could not be made ready, and may be tried again */
  async #open(slot: number, before: Seat | undefined): Promise<Seat | undefined> {
    if (before) this.#seats.delete(before);
    const { place, start, pin } = this.#plan;
    const seat = place.open(start, slot);
    this.#seats.add(seat);
    try {
      const pinned = await seat.ready();
      if (pin && !pinned) this.#note("processes are not pinned to cores, as this system does not do it");
      this.#unready = 0;
      return seat;
    } catch (error) {
      await this.#close(seat);
      const isFinal = !(error instanceof UnreadyError) || this.#ended === 0 || ++this.#unready >= MOST_UNREADY;
      if (isFinal && !this.#isOver) throw error;
      return undefined;
    }
  }

  async #close(seat: Seat): Promise<void> {
    this.#seats.delete(seat);
    await seat.end();
  }

  async #runTrial(trial: number, seat: Seat): Promise<TrialOutcome> {
    const { name, folder, space, until, rule } = this.#plan;
    const paths = trialPaths(folder, name, trial);
    const config = space.configs[trial]!;
    const state: TrialState = (this.states[trial] = { ...waiting(), status: "running" });
    const id = trialName(name, trial);
    const record = await TrialRecord.open(paths.record, {
      id,
      name: id,
      sweep: name,
      trial,
      config,
      ...(this.#facts ??= runFacts()),
    });
    const output = new TrialOutput(paths.output);
    let told: "stop" | "done" | undefined;
    const report = (step: number, metrics: Readonly<Record<string, number>>): string | undefined => {
      record.report(step, metrics);
      state.step = step;
      Object.assign(state.metrics, metrics);
      this.#update();
      if (told === undefined) {
        told = rule?.report(trial, step, metrics) ?? (until?.(metrics, step) ? "done" : undefined);
        if (told !== undefined)
          return told === "stop" ? "the trial is stopped by the sweep's rule" : "the trial is done";
      }
      return undefined;
    };
    this.#update();
    const running = seat.run(
      { trial, config, folder: paths.folder, output: paths.output },
      { report: this.#guarded(report), output },
    );
    if (this.#plan.signal.aborted) seat.stop(INTERRUPTED); // while its record was opened
    const outcome = await running;
    output.close();
    if (told === undefined && state.step !== null) rule?.ended(trial, state.step, state.metrics);
    const end = endOf(outcome, state, told, this.#plan.signal.aborted);
    await record.end(end);
    Object.assign(state, stateAfter(end, state));
    this.#ended++;
    this.#update({ trial, config, ...state });
    return outcome;
  }

  /** An error of the user's `until` ends the sweep, and is thrown there. */
  #guarded(report: (step: number, metrics: Readonly<Record<string, number>>) => string | undefined): typeof report {
    return (step, metrics) => {
      try {
        return report(step, metrics);
      } catch (error) {
        this.#failure ??= error;
        this.#stop();
        return "the sweep has failed";
      }
    };
  }

  /** Tells all trials to stop, and kills what does not. */
  #stop(): void {
    for (const seat of this.#seats) seat.stop(INTERRUPTED);
    setTimeout(() => {
      for (const seat of this.#seats) void seat.end();
    }, STOP_MS).unref();
  }

  #note(text: string): void {
    if (!this.notes.includes(text)) this.notes.push(text);
  }

  #update(ended?: ShownTrial): void {
    this.#progress.update(() => this.#standing(), ended);
  }

  #standing(): Standing {
    const { name, space, metric, mode } = this.#plan;
    const trials = this.states.map((state, trial) => ({ trial, config: space.configs[trial]!, ...state }));
    return { name, trials, metric, mode, secondsLeft: secondsLeftOf(trials, this.#seats.size) };
  }
}
