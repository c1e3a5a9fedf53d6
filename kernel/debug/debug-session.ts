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
import { Reach } from "./reach.js";
import { Scripts } from "./scripts.js";
import { toStopped } from "./stopped-event.js";
import { Stops } from "./stops.js";
import { Switch } from "./switch.js";
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
  readonly debugger: Switch;
  /** A front end has begun. */
  started = false;
  /** How the front end that began last speaks. */
  dialect = dialectOf(undefined);
  /** What {@link Dialect.renewsFrames} adds to the numbers of calls. */
  frameOffset = 0;
  readonly #event: DebuggingOptions["event"];
  readonly #inspector: Inspector;
  readonly #libraries: Libraries;
  readonly #reach: Reach;
  readonly #copies = new Set<string>();
  #attached = false;
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
    const { scripts } = this;
    const changed = (): Promise<void> => this.debugger.follow();
    this.breakpoints = new Breakpoints({ inspector, scripts, libraries, codeOf, changed });
    this.#reach = new Reach({ scripts, breakpoints: this.breakpoints, codeOf });
    this.frames = new Frames(inspector, this.scripts);
    this.variables = new Variables(inspector, () => this.dialect.hidesTypes);
    this.evaluator = new Evaluator({ inspector, frames: this.frames, group: () => this.group });
    this.stops = new Stops({
      inspector,
      libraries,
      scripts,
      frames: this.frames,
      breakpoints: this.breakpoints,
      evaluate: (text, frame) => this.evaluator.evaluate(text, frame, GLANCE_MS),
      textOf: async (value) => (await this.variables.shown(value, "stop")).result,
      stopped: (stop) => this.event("stopped", toStopped(stop)),
      resumed: (wasShown) => this.#resumed(wasShown),
      log: (text, frame) => this.#log(text, frame),
    });
    const { breakpoints, stops } = this;
    this.debugger = new Switch({
      ...{ inspector, scripts, libraries, breakpoints, stops, reach: this.#reach },
      isAttached: () => this.#attached,
      inTurn: (change) => this.inTurn(change),
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

  /** Begins to listen. */
  async attach(showsLibraries: boolean): Promise<void> {
    this.#attached = true;
    this.started = true;
    await this.stops.arm();
    await this.#libraries.ask(showsLibraries);
    await this.debugger.follow();
  }

  /** Stops at errors: "all", "uncaught". */
  async stopAtErrors(filters: ReadonlySet<string>): Promise<void> {
    this.stops.filters = filters;
    await this.debugger.follow();
    await this.stops.tellErrors();
  }

  /** V8 stops at the next line that it comes to. */
  async pause(): Promise<void> {
    await this.inTurn(() => this.debugger.switchOn());
    await this.stops.pause();
  }

  /** Stops to listen: what is stopped goes on. */
  async detach(): Promise<void> {
    this.#attached = false;
    this.started = false;
    this.stops.filters = new Set();
    this.breakpoints.forget();
    this.#libraries.forget();
    await this.debugger.switchOff();
  }

  /** A cell is about to run. */
  async runs(cell: PreparedCell, title: string): Promise<void> {
    this.scripts.addCell(cell, title);
    this.#reach.begins(cell.source);
    this.stops.run++;
    if (this.#attached) await this.inTurn(() => this.debugger.begins(cell));
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

  async #paused(stop: Debugger.PausedEventDataType): Promise<void> {
    if (!(await this.debugger.strikes(stop))) await this.stops.take(stop);
  }

  async arm(): Promise<void> {
    await this.debugger.endStrike();
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
