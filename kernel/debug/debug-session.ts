/** One debugger of the kernel's main thread, for all its front ends: its parts put together. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { DebuggingOptions, Json, PreparedCell } from "../contract.js";
import { Breakpoints } from "./breakpoints.js";
import { isCell } from "./cell-path.js";
import { dialectOf, emptyLinesAbove } from "./dialect.js";
import { Evaluator } from "./evaluator.js";
import { Frames, toStackFrame, type Frame } from "./frames.js";
import { Inspector, type Debugger, type Group } from "./inspector.js";
import { Libraries } from "./libraries.js";
import { Scripts } from "./scripts.js";
import { Stops, toStopped } from "./stops.js";
import { Variables } from "./listed-variables.js";

/** What a request needs: the debugger switched on, or a stop. */
export type Need = "attached" | "stopped";

/** Evaluated for a hover or a watch: longer than this is not waited, ms. */
const GLANCE_MS = 2000;

/** The debugger's state. */
export class Session {
  readonly scripts: Scripts;
  readonly breakpoints: Breakpoints;
  readonly frames: Frames;
  readonly variables: Variables;
  readonly evaluator: Evaluator;
  readonly stops: Stops;
  /** A front end has begun. */
  started = false;
  /** How the front end that began last speaks. */
  dialect = dialectOf(undefined);
  /** What {@link Dialect.renewsFrames} adds to the numbers of calls. */
  frameOffset = 0;
  readonly #event: DebuggingOptions["event"];
  readonly #inspector: Inspector;
  readonly #libraries: Libraries;
  readonly #copies = new Set<string>();
  #attached = false;
  #strikes: (() => boolean) | undefined;
  #seq = 1;
  /** Requests that change what is stopped at, one after the other. */
  #changing: Promise<unknown> = Promise.resolve();

  constructor({ event, codeOf }: DebuggingOptions) {
    this.#event = event;
    this.#inspector = new Inspector({
      parsed: (script) => this.scripts.add(script),
      paused: (stop) => void this.#paused(stop),
      resumed: () => this.stops.resumed(),
    });
    const inspector = (): Inspector => this.#inspector;
    this.scripts = new Scripts(inspector, codeOf);
    this.#libraries = new Libraries(inspector);
    const libraries = this.#libraries;
    this.breakpoints = new Breakpoints({ inspector, scripts: this.scripts, libraries, codeOf });
    this.frames = new Frames(inspector, this.scripts);
    this.variables = new Variables(inspector, () => this.dialect.hidesTypes);
    this.evaluator = new Evaluator({ inspector, frames: this.frames, group: () => this.group });
    this.stops = new Stops({
      inspector,
      libraries,
      scripts: this.scripts,
      frames: this.frames,
      breakpoints: this.breakpoints,
      evaluate: (text, frame) => this.evaluator.evaluate(text, frame, GLANCE_MS),
      textOf: async (value) => (await this.variables.shown(value, "stop")).result,
      stopped: (stop) => this.event("stopped", toStopped(stop)),
      resumed: (wasShown) => this.#resumed(wasShown),
      log: (text, frame) => this.#log(text, frame),
    });
  }

  get inspector(): Inspector {
    return this.#inspector;
  }

  get attached(): boolean {
    return this.#attached;
  }

  /** @throws RangeError where that is not so */
  check(command: string, need: Need): void {
    if (!this.#attached) throw new RangeError(`${command}: attach must come first`);
    if (need === "stopped" && this.stops.shown === undefined)
      throw new RangeError(`${command}: a cell must be stopped, got none that is`);
  }

  event(event: string, body: object = {}): void {
    this.#event({ type: "event", seq: this.#seq++, event, body: body as Json });
  }

  /** Waits for what was changed before. */
  inTurn<T>(change: () => Promise<T>): Promise<T> {
    const changed = this.#changing.then(change);
    this.#changing = changed.catch(() => undefined); // its caller hears of it
    return changed;
  }

  /** Switches V8's debugger on. */
  async attach(showsLibraries: boolean): Promise<void> {
    if (!this.#attached) await this.#inspector.post("Debugger.enable");
    this.#attached = true;
    this.stops.isOn = true;
    this.started = true;
    await this.stops.arm();
    await this.#libraries.ask(showsLibraries);
    await this.stopAtErrors();
  }

  /** V8 tells of every error where some are asked for: which of them are stopped at is decided then. */
  async stopAtErrors(): Promise<void> {
    const state = this.stops.filters.size > 0 ? "all" : "none";
    await this.#inspector.post("Debugger.setPauseOnExceptions", { state });
  }

  /** Switches it off: what is stopped goes on. */
  async detach(): Promise<void> {
    const wasAttached = this.#attached;
    this.#attached = false;
    this.#strikes = undefined;
    this.stops.isOn = false;
    this.started = false;
    this.breakpoints.forget();
    this.#libraries.forget();
    if (!wasAttached) return;
    await this.#inspector.post("Debugger.disable");
    this.stops.reset();
    this.scripts.forget();
  }

  /** A cell is about to run. */
  async runs(cell: PreparedCell, title: string): Promise<void> {
    this.scripts.addCell(cell, title);
    this.stops.run++;
    if (this.#attached) await this.inTurn(() => this.breakpoints.setIn(cell));
  }

  /** The functions that await a stop's calls. */
  callers(calls: readonly Frame[]): Promise<DebugProtocol.StackFrame[]> {
    const isEntered = calls[0]?.script.kind === "library";
    return this.frames.callers(calls, (kind) => this.#libraries.isShown(kind, isEntered));
  }

  /** Lines of a text that the front end does not count. */
  linesAbove(path = ""): number {
    return this.dialect.stripsLines && isCell(path) ? emptyLinesAbove(this.scripts.textOf(path) ?? "") : 0;
  }

  frame(id: number | undefined): Frame | undefined {
    const frames = this.stops.shown?.frames ?? [];
    return id === undefined ? undefined : frames.find((frame) => frame.id === id);
  }

  /** What values looked at now are kept with. */
  get group(): Group {
    return this.stops.paused ? "stop" : "between";
  }

  /** Has the next cell find a value under a name. */
  async copy(name: string, value: Parameters<Inspector["read"]>[1]): Promise<void> {
    await this.#inspector.read("keep", { value: name }, value!);
    this.#copies.add(name);
  }

  /** TypeScript that declares what was copied since. */
  takeCopies(): string {
    const names = [...this.#copies];
    this.#copies.clear();
    return names
      .map(
        (name) => `let ${name}: any = (globalThis as any)[Symbol.for("Jupyter.looks")].kept(${JSON.stringify(name)});`,
      )
      .join("\n");
  }

  leave(): void {
    if (this.#attached) this.stops.leave();
  }

  /** Stops the main thread, as only what is stopped can be ended once more. */
  strike(isNeeded: () => boolean): Promise<void> {
    return this.inTurn(async () => {
      if (this.#strikes !== undefined || !isNeeded()) return;
      this.#strikes = isNeeded;
      if (!this.#attached) await this.#inspector.post("Debugger.enable");
      await this.#inspector.post("Debugger.setSkipAllPauses", { skip: false });
      await this.#inspector.post("Debugger.pause");
    });
  }

  async #paused(stop: Debugger.PausedEventDataType): Promise<void> {
    const isNeeded = this.#strikes;
    this.#strikes = undefined;
    if (isNeeded === undefined || (!isNeeded() && stop.hitBreakpoints?.length)) return this.stops.take(stop);
    await this.#inspector.post("Debugger.resume", { terminateOnResume: isNeeded() }).catch(() => undefined);
    await this.#forgetStrike();
  }

  /** Switches off what was on for it only. */
  async #forgetStrike(): Promise<void> {
    this.#strikes = undefined;
    if (!this.#attached) await this.inTurn(() => this.#inspector.post("Debugger.disable"));
  }

  async arm(): Promise<void> {
    if (this.#strikes !== undefined && !this.#attached) await this.#forgetStrike();
    // switched off meanwhile, it is armed again where it is switched on
    if (this.#attached) await this.stops.arm().catch(() => undefined);
  }

  close(): void {
    this.#attached = false;
    this.#inspector.disconnect();
  }

  #resumed(wasShown: boolean): void {
    this.variables.release("stop");
    if (wasShown) this.event("continued", { threadId: 1, allThreadsContinued: true });
  }

  #log(text: string, frame: Frame): void {
    const { source, line, column } = toStackFrame(frame);
    const body: DebugProtocol.OutputEvent["body"] = {
      category: "console",
      output: `${text}\n`,
      source: source!,
      line: line - this.linesAbove(source?.path),
      column,
    };
    this.event("output", body);
  }
}
