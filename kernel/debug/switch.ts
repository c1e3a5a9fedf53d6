/** V8's debugger of the main thread: on while something can be stopped at, and to end what V8 would not. */
import type { PreparedCell } from "../contract.js";
import type { Breakpoints } from "./breakpoints.js";
import type { Debugger, Inspector } from "./inspector.js";
import type { Libraries } from "./libraries.js";
import type { Reach } from "./reach.js";
import type { Scripts } from "./scripts.js";
import type { Stops } from "./stops.js";

/** What is switched, and what decides on it. */
interface SwitchOptions {
  readonly inspector: () => Inspector;
  readonly scripts: Scripts;
  readonly libraries: Libraries;
  readonly breakpoints: Breakpoints;
  readonly stops: Stops;
  readonly reach: Reach;
  /** Whether a front end listens. */
  readonly isAttached: () => boolean;
  readonly inTurn: <T>(change: () => Promise<T>) => Promise<T>;
}

/** Switches it on and off. */
export class Switch {
  readonly #options: SwitchOptions;
  #strikes: (() => boolean) | undefined;

  constructor(options: SwitchOptions) {
    this.#options = options;
  }

  /** On where that is needed: something that is stopped at has come. */
  async follow(): Promise<void> {
    if (this.#isNeeded) await this.switchOn();
  }

  /** A cell is about to run, which can be stopped or not. */
  async begins(cell: PreparedCell): Promise<void> {
    const { breakpoints, stops } = this.#options;
    if (!this.#inspector.isOn) return this.follow();
    if (this.#isNeeded || stops.paused) return breakpoints.setIn(cell);
    await this.switchOff();
  }

  /** On until a cell begins that cannot be stopped. */
  async switchOn(): Promise<void> {
    if (this.#inspector.isOn) return;
    const { breakpoints, libraries, stops } = this.#options;
    await this.#inspector.enable();
    await stops.arm();
    await libraries.renew();
    await stops.tellErrors();
    await breakpoints.renew();
  }

  /** What is stopped goes on. */
  async switchOff(): Promise<void> {
    this.#strikes = undefined;
    if (!this.#inspector.isOn) return;
    const { breakpoints, scripts, stops } = this.#options;
    breakpoints.lapse();
    await this.#inspector.disable();
    stops.reset();
    scripts.forget();
  }

  /** Stops the main thread, as only what is stopped can be ended once more. */
  strike(isNeeded: () => boolean): Promise<void> {
    return this.#options.inTurn(async () => {
      if (this.#strikes !== undefined || !isNeeded()) return;
      this.#strikes = isNeeded;
      if (!this.#inspector.isOn) await this.#inspector.post("Debugger.enable");
      await this.#inspector.post("Debugger.setSkipAllPauses", { skip: false });
      await this.#inspector.pause(() => this.#strikes !== isNeeded);
    });
  }

  /** Whether a stop is a strike's, which ends what runs. */
  async strikes(stop: Debugger.PausedEventDataType): Promise<boolean> {
    const isNeeded = this.#strikes;
    this.#strikes = undefined;
    if (isNeeded === undefined || (!isNeeded() && stop.hitBreakpoints?.length)) return false;
    await this.#inspector.post("Debugger.resume", { terminateOnResume: isNeeded() }).catch(() => undefined);
    await this.#forgetStrike();
    return true;
  }

  /** What was struck has ended. */
  async endStrike(): Promise<void> {
    if (this.#strikes !== undefined && !this.#inspector.isOn) await this.#forgetStrike();
  }

  get #inspector(): Inspector {
    return this.#options.inspector();
  }

  get #isNeeded(): boolean {
    const { isAttached, libraries, reach, stops } = this.#options;
    return isAttached() && (stops.filters.size > 0 || stops.asked || libraries.asked || reach.isOpen);
  }

  /** Switches off what was on for it only. */
  async #forgetStrike(): Promise<void> {
    this.#strikes = undefined;
    await this.#options.inTurn(async () => {
      if (!this.#inspector.isOn) await this.#inspector.post("Debugger.disable");
    });
  }
}
