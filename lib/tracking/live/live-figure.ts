import { broadcast, cellSignal, outputInPlace } from "../../host.js";
import { lines, type Figure } from "../../plots/index.js";
import { DISPLAY, grouped, type ShowsItself } from "../../shown.js";
import { readRun } from "../read-run.js";
import type { EndEntry, RunStart, RunWriter, ScalarsEntry } from "../run-log.js";
import { KeptPoints } from "./kept-points.js";
import type { LiveCurvesOptions } from "./live-options.js";
import { screenOf } from "./text-screen.js";

const UPDATE_MS = 250;
/** Of the time at most a part in so many is drawn. */
const SPARED = 10;
const LONGEST_MS = 5000;
/** Of the palette: its last, that other curves come to last. */
const END_COLOR = 7;

/** The figure of one run. */
export class LiveFigure implements RunWriter {
  readonly #run: RunStart;
  readonly #options: LiveCurvesOptions;
  /** The cell's, in a notebook. */
  readonly #output: ReturnType<typeof outputInPlace> | undefined;
  readonly #curves = new Map<string, KeptPoints>();
  readonly #beganMs = performance.now();
  #step: number;
  #epoch: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #nextMs = 0;
  /** Whether an interrupt came. */
  #isStopped = false;
  #unlisten: () => void = () => undefined;

  /** @returns the figure, with what the run did before where it goes on */
  static async begin(run: RunStart, options: LiveCurvesOptions): Promise<LiveFigure> {
    const figure = new LiveFigure(run, options);
    if (run.step === 0 || run.record === null) return figure;
    const { scalars } = await readRun(run.record);
    for (const entry of scalars) if (entry.step <= run.step) figure.#take(entry);
    return figure;
  }

  private constructor(run: RunStart, options: LiveCurvesOptions) {
    this.#run = run;
    this.#options = options;
    this.#step = run.step;
    const publish = broadcast();
    this.#output = publish && outputInPlace(publish);
    const signal = cellSignal();
    const stopped = (): void => this.#stopped();
    signal?.addEventListener("abort", stopped, { once: true });
    this.#unlisten = () => signal?.removeEventListener("abort", stopped);
  }

  scalars(entry: ScalarsEntry): void {
    this.#take(entry);
    if (this.#isStopped) return;
    const wait = this.#nextMs - performance.now();
    if (wait <= 0) this.#drawNow();
    else this.#timer ??= setTimeout(() => this.#drawNow(), wait).unref();
  }

  end({ status, seconds, result }: EndEntry): void {
    this.#unlisten();
    const why = result["error"] ?? result["not_finite"];
    this.#drawEnd(status, `${afterText(seconds)}${typeof why === "string" ? `: ${why}` : ""}`);
  }

  #take({ step, epoch, values }: ScalarsEntry): void {
    this.#step = step;
    this.#epoch = epoch ?? this.#epoch;
    for (const [name, value] of Object.entries(values)) {
      const curve = this.#curves.get(name) ?? new KeptPoints();
      this.#curves.set(name, curve);
      if (curve.last && curve.last.step >= step) curve.cut(step - 1);
      curve.add(step, value);
    }
  }

  #drawNow(): void {
    this.#pause();
    const startMs = performance.now();
    this.#draw(`running: ${this.#standing()}${afterText((startMs - this.#beganMs) / 1000)}`);
    const endMs = performance.now();
    this.#nextMs = endMs + Math.min(Math.max(UPDATE_MS, SPARED * (endMs - startMs)), LONGEST_MS);
  }

  #pause(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /**
   * A loop that an interrupt ends by an error may never end its run; that of one which does is drawn over this, which
   * is still, as JupyterLab's plotly draws an output once and never anew.
   */
  #stopped(): void {
    this.#draw(`stopped at ${this.#standing()}`, "stopped");
    this.#pause();
    this.#isStopped = true;
  }

  #drawEnd(status: EndEntry["status"], rest: string): void {
    this.#pause();
    const figure = this.#figure(`${status} at ${this.#standing()}${rest}`, status);
    if (figure === undefined) return;
    if (this.#output) this.#output(figure[DISPLAY]());
    else screenOf(process.stdout).keep(this, `${figure.toString()}\n`);
  }

  #draw(caption: string, status?: EndEntry["status"]): void {
    if (!this.#output && !process.stdout.isTTY) return;
    const figure = this.#figure(caption, status);
    if (figure === undefined) return;
    if (this.#output)
      this.#output({
        "image/svg+xml": figure.toSvg(),
        ...(status && { "application/pdf": Buffer.from(figure.toPdf()).toString("base64") }),
        "text/plain": figure.toString(),
      });
    else screenOf(process.stdout).update(this, figure.toString());
  }

  /** Undefined while there is nothing to draw. */
  #figure(caption: string, status?: EndEntry["status"]): (Figure & ShowsItself) | undefined {
    const names = this.#names();
    if (names.length === 0) return undefined;
    const series = names.map((name) => ({ name, ...this.#curves.get(name)!.points() }));
    const { title = this.#run.name, logY = false } = this.#options;
    const isCut = status === "stopped" || status === "failed";
    const ends = isCut
      ? [{ name: `${status} at step ${grouped(this.#step)}`, color: END_COLOR, ...this.#endOf(names) }]
      : [];
    return lines({
      title,
      caption,
      run: this.#run.id,
      series: [...series, ...ends],
      xLabel: "step",
      yLabel: labelOf(names),
      logY,
    }) as Figure & ShowsItself;
  }

  /** The last place of the curve that came furthest. */
  #endOf(names: readonly string[]): { readonly x: readonly number[]; readonly y: readonly number[] } {
    const ends = names.map((name) => this.#curves.get(name)!.last!);
    const { value } = ends.reduce((furthest, one) => (one.step > furthest.step ? one : furthest));
    return { x: [this.#step], y: [value] };
  }

  #names(): readonly string[] {
    const all = [...this.#curves.keys()];
    const { values } = this.#options;
    if (values) return [...new Set(values.flatMap((pattern) => all.filter((name) => fits(name, pattern))))];
    const losses = all.filter((name) => fits(name, "*loss") && name !== "train/epoch_loss");
    return losses.length > 0 ? losses : all;
  }

  /** "step 340 of 5,000, epoch 2 of 10" */
  #standing(): string {
    const { totalSteps } = this.#options;
    const epochs = this.#run.config["epochs"];
    const of = (total: unknown): string => (typeof total === "number" ? ` of ${grouped(total)}` : "");
    const epoch = this.#epoch === undefined ? "" : `, epoch ${this.#epoch}${of(epochs)}`;
    return `step ${grouped(this.#step)}${of(totalSteps)}${epoch}`;
  }
}

const afterText = (seconds: number): string => `, after ${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;

function fits(name: string, pattern: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(name);
}

/** "loss" of "train/loss" and "validation/loss" */
function labelOf(names: readonly string[]): string {
  const lasts = new Set(names.map((name) => name.split("/").at(-1)!));
  if (names.length === 1) return names[0]!;
  if (lasts.size === 1) return [...lasts][0]!;
  return names.every((name) => name.endsWith("loss")) ? "loss" : "value";
}
