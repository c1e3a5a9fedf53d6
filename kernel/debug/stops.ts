/** The main thread's stops: at which V8 asks the front end, at which it goes on, and how it steps. */
import type { Breakpoint, Breakpoints } from "./breakpoints.js";
import { holding, type Conditions } from "./conditions.js";
import { Errors, type Thrown } from "./errors.js";
import type { Frame, Frames } from "./frames.js";
import type { Debugger, Inspector, Remote } from "./inspector.js";
import type { Libraries } from "./libraries.js";
import type { Scripts } from "./scripts.js";

/** How the main thread goes on. */
export type Way = "continue" | "next" | "stepIn" | "stepOut";

/** What a front end is shown. */
export interface Stop {
  readonly reason: string;
  /** The innermost first; what is not the author's is left out. */
  readonly frames: readonly Frame[];
  readonly thrown?: Thrown | undefined;
  readonly breakpoints: readonly Breakpoint[];
}

interface Step {
  readonly way: Exclude<Way, "continue">;
  readonly within: string;
  readonly line: number | undefined;
  readonly depth: number;
  /** The cell that ran. */
  readonly run: number;
}

/** What stops are decided with. */
export interface StopOptions extends Conditions {
  readonly inspector: () => Inspector;
  readonly libraries: Libraries;
  readonly scripts: Scripts;
  readonly frames: Frames;
  readonly breakpoints: Breakpoints;
  /** Called for a stop that is the front end's to end, and when it is over. */
  readonly stopped: (stop: Stop) => void;
  readonly resumed: (wasShown: boolean) => void;
}

const METHODS = {
  continue: "Debugger.resume",
  next: "Debugger.stepOver",
  stepIn: "Debugger.stepInto",
  stepOut: "Debugger.stepOut",
} as const;

/** What V8 calls a pause; the second where it was asked for twice. */
const PAUSES: ReadonlySet<string> = new Set(["other", "ambiguous"]);

/** Decides at each stop of V8's. */
export class Stops {
  readonly #options: StopOptions;
  readonly #errors: Errors;
  /** The cell that runs. */
  run = 0;
  #shown: Stop | undefined;
  /** Whether the front end was told of a stop that is not over. */
  #wasShown = false;
  #paused = false;
  /** How many calls deep it stands. */
  #depth = 0;
  #leaves = false;
  #step: Step | undefined;
  #asked = false;
  /** A pause was met, and a step leads to the next line. */
  #settles = false;

  constructor(options: StopOptions) {
    this.#options = options;
    this.#errors = new Errors(options);
  }

  /** Which errors are stopped at: "all", "uncaught". */
  get filters(): ReadonlySet<string> {
    return this.#errors.filters;
  }

  set filters(filters: ReadonlySet<string>) {
    this.#errors.filters = filters;
  }

  /** V8 tells of every error where some are asked for: which of them are stopped at is decided then. */
  async tellErrors(): Promise<void> {
    const inspector = this.#options.inspector();
    const state = this.filters.size > 0 ? "all" : "none";
    if (inspector.isOn) await inspector.post("Debugger.setPauseOnExceptions", { state });
  }

  /** What the front end was told of and has not ended. */
  get shown(): Stop | undefined {
    return this.#shown;
  }

  /** Whether the main thread stands still, also where nobody was told yet. */
  get paused(): boolean {
    return this.#paused;
  }

  /** Whether a pause is asked for that is not met. */
  get asked(): boolean {
    return this.#asked;
  }

  /** V8 stops at the next line that it comes to. */
  async pause(): Promise<void> {
    this.#asked = true;
    this.#settles = false;
    await this.#options.libraries.enter(false);
    await this.#options.inspector().pause(() => !this.#asked || this.#settles || this.#paused);
  }

  /** @throws RangeError where nothing is stopped */
  async go(way: Way): Promise<void> {
    const stop = this.#shown;
    if (stop === undefined) throw new RangeError(`${way}: a cell must be stopped, got one that is not`);
    const [top] = stop.frames;
    this.#step = way === "continue" ? undefined : this.#stepFrom(way, top);
    this.#shown = undefined;
    await this.#options.libraries.enter(way !== "continue" && top?.script.kind === "library");
    await this.#post(way);
  }

  /** Goes on without stopping anywhere, until {@link arm}. */
  leave(): void {
    this.#leaves = true;
    this.#step = undefined;
    this.#shown = undefined;
    const inspector = this.#options.inspector();
    void inspector.post("Debugger.setSkipAllPauses", { skip: true }).catch(() => undefined); // switched off already
    void this.#end();
  }

  /** Stops again from now on. */
  async arm(): Promise<void> {
    this.#leaves = false;
    const inspector = this.#options.inspector();
    if (inspector.isOn) await inspector.post("Debugger.setSkipAllPauses", { skip: false });
  }

  /** The debugger is switched off: V8 went on where it stood, and forgot all. */
  reset(): void {
    this.#leaves = false;
    this.#asked = false;
    this.#step = undefined;
    this.resumed();
  }

  /** V8 went on. */
  resumed(): void {
    const wasShown = this.#wasShown;
    this.#wasShown = false;
    this.#paused = false;
    this.#shown = undefined;
    this.#options.resumed(wasShown);
  }

  /** V8 stopped. */
  async take(paused: Debugger.PausedEventDataType): Promise<void> {
    this.#paused = true;
    this.#depth = paused.callFrames.length;
    try {
      if (this.#asked && !this.#settles && PAUSES.has(paused.reason) && !paused.hitBreakpoints?.length) {
        this.#settles = true; // what V8 has optimised can be read there, but not set: a step leads out of that code
        const top = await this.#options.scripts.script(paused.callFrames[0]!.location.scriptId);
        return await this.#post(top.kind === "own" ? "next" : "stepOut");
      }
      const stop = await this.#decide(paused);
      if (!this.#paused) return;
      if (this.#leaves) return await this.#end();
      if (stop === undefined) return await this.#goOn(paused);
      this.#asked = false;
      this.#step = undefined;
      this.#shown = stop;
      this.#wasShown = true;
      this.#options.stopped(stop);
    } catch {
      await this.#post("continue"); // main is ending, or a cell broke a built-in
    }
  }

  async #decide(paused: Debugger.PausedEventDataType): Promise<Stop | undefined> {
    const { reason, callFrames, hitBreakpoints = [] } = paused;
    const data = paused.data as (Remote & { readonly uncaught?: boolean; readonly scriptId?: string }) | undefined;
    if (reason === "instrumentation") {
      const { scripts, breakpoints } = this.#options;
      await breakpoints.setInScript(await scripts.script(data!.scriptId!));
      return undefined;
    }
    const { frames: calls, libraries } = this.#options;
    const all = await calls.all(callFrames);
    const met = this.#options.breakpoints.met(hitBreakpoints);
    const isEntered = all[0]?.script.kind === "library" && (met.length > 0 || libraries.entered);
    const frames = all.filter(({ script, place }) => libraries.isShown(script.kind, isEntered) && place !== undefined);
    const [top] = frames;
    if (top === undefined) return undefined;
    const isTop = all[0] === top;
    if (reason === "exception" || reason === "promiseRejection") {
      const thrown = await this.#errors.take(data!, all, isTop);
      return thrown && { reason: "exception", frames, thrown, breakpoints: [] };
    }
    const breakpoints = await holding(met, top, this.#options);
    if (breakpoints.length > 0) return { reason: "breakpoint", frames, breakpoints };
    const step = this.#step;
    const isDebugger = met.length === 0 && step === undefined && !this.#asked;
    if (!isTop || (met.length > 0 && step === undefined && !this.#asked)) return undefined;
    if (step !== undefined && (step.run !== this.run || this.#isSame(step, top))) return undefined;
    if (isDebugger) return { reason: "breakpoint", frames, breakpoints: [] };
    return { reason: step === undefined ? "pause" : "step", frames, breakpoints: [] };
  }

  /** Still within the line that the step began at, or deeper than it leads. */
  #isSame(step: Step, top: Frame): boolean {
    const isWithin = functionOf(top) === step.within;
    if (step.way === "stepOut") return this.#depth >= step.depth && isWithin;
    if (step.way === "next" && this.#depth > step.depth) return true;
    return isWithin && top.place?.line === step.line && (step.way === "next" || this.#depth <= step.depth);
  }

  #stepFrom(way: Step["way"], top: Frame | undefined): Step {
    const within = top === undefined ? "" : functionOf(top);
    return { way, within, line: top?.place?.line, depth: this.#depth, run: this.run };
  }

  async #goOn({ reason, callFrames }: Debugger.PausedEventDataType): Promise<void> {
    const step = this.#step;
    if (step === undefined || step.run !== this.run || reason === "instrumentation") {
      if (step !== undefined && step.run !== this.run) this.#step = undefined;
      return this.#post(this.#asked ? "stepOut" : "continue"); // a pause where there was nothing to show
    }
    const top = await this.#options.scripts.script(callFrames[0]!.location.scriptId);
    if (!this.#options.libraries.isShown(top.kind) || (step.way !== "stepIn" && this.#depth > step.depth))
      return this.#post("stepOut");
    return this.#post(step.way === "stepOut" ? "next" : step.way);
  }

  /** Goes on to the cell's end; a termination that V8 was asked for may have struck what was evaluated here. */
  async #end(): Promise<void> {
    if (!this.#options.inspector().isOn) return;
    const { post } = this.#options.inspector();
    await post("Debugger.resume", { terminateOnResume: true }).catch(() => undefined); // it went on already
  }

  async #post(way: Way): Promise<void> {
    if (!this.#options.inspector().isOn) return; // a step of a debugger that was just switched off ends the process
    await this.#options
      .inspector()
      .post(METHODS[way] as "Debugger.resume")
      .catch(() => undefined); // it went on already
  }
}

function functionOf({ call: { functionLocation }, script }: Frame): string {
  return [script.id, functionLocation?.lineNumber, functionLocation?.columnNumber].join(":");
}
