/**
 * V8's inspector of the main thread, spoken to from the worker. A session of the main thread's own could not be heard
 * while that thread stands at a line; this one is, and needs no port.
 */
import type { Debugger, InspectorNotification, Runtime } from "node:inspector";
import { Session } from "node:inspector/promises";
import { setTimeout } from "node:timers/promises";
import { LOOKS } from "../both/looks.js";
import type { Looks } from "../both/looks.js";

export type { Debugger, Runtime };

/** What is told of the main thread. */
export interface InspectorEvents {
  parsed(script: Debugger.ScriptParsedEventDataType): void;
  paused(stop: Debugger.PausedEventDataType): void;
  resumed(): void;
}

/** A value of the main thread's, as V8 hands it out. */
export type Remote = Runtime.RemoteObject;

/** Values of a group are kept until it is released: those of a stop, those looked at between, the debugger's own. */
export type Group = "stop" | "between" | "own";

/** A pause that V8 has not met is asked for again after so long, which doubles, ms. */
const ASKED_AGAIN_MS = { first: 25, last: 1000 } as const;

/** Speaks to V8's debugger on the main thread. Calls reject with what V8, or the called code, says. */
export class Inspector {
  readonly #session = new Session();
  #looks: Promise<string> | undefined;
  #connected = false;
  #isOn = false;

  constructor(events: InspectorEvents) {
    const on = <T>(name: string, handle: (params: T) => void): void =>
      void this.#session.on(name, ({ params }: InspectorNotification<T>) => handle(params));
    on("Debugger.scriptParsed", (script: Debugger.ScriptParsedEventDataType) => events.parsed(script));
    on("Debugger.paused", (stop: Debugger.PausedEventDataType) => events.paused(stop));
    on("Debugger.resumed", () => events.resumed());
  }

  /** Any method of V8's protocol; connects at the first. */
  get post(): Session["post"] {
    if (!this.#connected) this.#session.connectToMainThread();
    this.#connected = true;
    return this.#session.post.bind(this.#session) as Session["post"];
  }

  /** Whether V8's debugger is on, or about to be off. */
  get isOn(): boolean {
    return this.#isOn;
  }

  async enable(): Promise<void> {
    await this.post("Debugger.enable");
    this.#isOn = true;
  }

  /** What is stopped goes on. */
  async disable(): Promise<void> {
    this.#isOn = false;
    await this.post("Debugger.disable");
  }

  /**
   * V8 is to stop at the next line that it comes to. It is asked again until that is over: a pause that reaches the
   * main thread between two jobs, where no function runs, is answered and lost.
   */
  async pause(isOver: () => boolean): Promise<void> {
    await this.post("Debugger.pause");
    void this.#pauseAgain(isOver).catch(() => undefined); // switched off meanwhile
  }

  /** Calls what runtime/install-looks.ts has; the value stays on the main thread. */
  look(name: keyof Looks, args: readonly Runtime.CallArgument[], group: Group): Promise<Remote> {
    return this.#call(name, args, { objectGroup: group });
  }

  /** The same; the value comes as JSON. A bundle may be a promise's where nothing is stopped. */
  async read<Name extends keyof Looks>(
    name: Name,
    ...args: readonly Runtime.CallArgument[]
  ): Promise<Awaited<ReturnType<Looks[Name]>>> {
    const awaitPromise = name === "bundle" && args[1]?.value !== true;
    const { value } = await this.#call(name, args, { returnByValue: true, awaitPromise });
    return value as Awaited<ReturnType<Looks[Name]>>;
  }

  disconnect(): void {
    if (this.#connected) this.#session.disconnect();
    this.#connected = false;
    this.#looks = undefined;
  }

  async #pauseAgain(isOver: () => boolean): Promise<void> {
    for (let wait: number = ASKED_AGAIN_MS.first; ; wait = Math.min(2 * wait, ASKED_AGAIN_MS.last)) {
      await setTimeout(wait, undefined, { ref: false });
      if (isOver() || !this.#connected) return;
      await this.post("Debugger.pause");
    }
  }

  async #call(
    name: string,
    args: readonly Runtime.CallArgument[],
    how: Partial<Runtime.CallFunctionOnParameterType>,
  ): Promise<Remote> {
    this.#looks ??= this.post("Runtime.evaluate", { expression: LOOKS, objectGroup: "own" }).then(
      ({ result }) => result.objectId!,
    );
    const { result, exceptionDetails } = await this.post("Runtime.callFunctionOn", {
      functionDeclaration: `function (...args) { return this.${name}(...args); }`,
      objectId: await this.#looks,
      arguments: [...args],
      silent: true,
      ...how,
    });
    return valueOf(result, exceptionDetails);
  }
}

/**
 * What a call of V8's gave.
 * @throws Error with what the called code threw
 */
export function valueOf(result: Remote, failed: Runtime.ExceptionDetails | undefined): Remote {
  if (failed === undefined) return result;
  const { exception, text } = failed;
  const described = exception?.description ?? String(exception?.value ?? text);
  throw new Error(described.split("\n    at ")[0]);
}
