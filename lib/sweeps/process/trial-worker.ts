/** A sweep's process: loads the trial once, then runs one config after the other, as it is told. */
import { register } from "node:module";
import type { tf as Tf } from "../../backend/index.js";
import { anObject, shown } from "../../checks.js";
import type { Setup, Trial, TrialContext } from "../trial/trial-context.js";
import type { TrialLibrary } from "../trial/trial-library.js";
import { cleanUp, heldNow, isWorn } from "./clean-up.js";
import { endWithParent } from "./end-with-parent.js";
import { OwnOutput } from "./trial-output.js";
import { pinProcess } from "./pin-process.js";
import { plainResult } from "./plain-result.js";
import {
  errorOf,
  START_VARIABLE,
  type FromProcess,
  type ProcessStart,
  type Returned,
  type ToProcess,
  type TrialOrder,
} from "./trial-messages.js";

const LIBRARY = new URL("../../index.js", import.meta.url).href;

const start = JSON.parse(process.env[START_VARIABLE]!) as ProcessStart;
let run: Trial | undefined;
let shared: unknown;
let needsLibrary = false;
const printed = new OwnOutput();
let stopping: AbortController | undefined;
let firstBytes: number | undefined;
/** Those that wait for their report to be recorded. */
const unheard = new Map<number, () => void>();
let reports = 0;

function send(message: FromProcess): void {
  if (process.connected) process.send!(message);
}

/** What `import … from "saccade"` gives, where the trial asks for it. */
async function library(): Promise<TrialLibrary> {
  return (await import(LIBRARY)) as TrialLibrary; // not by a name: a room knows no room above it
}

async function getReady(): Promise<void> {
  endWithParent(start.parent);
  const pinned = start.cores !== null && pinProcess(start.cores);
  process.setSourceMapsEnabled(true);
  if (start.hooks !== null) register(new URL("trial-hooks.js", import.meta.url), { data: start.hooks });
  run = await functionOf<Trial>(start.trial, "trial");
  needsLibrary = /\bsaccade\b/.test(Function.prototype.toString.call(run));
  stopping = new AbortController();
  const { signal } = stopping;
  if (start.setup !== null) {
    const prepare = await functionOf<Setup>(start.setup, "setup");
    shared = await prepare({ saccade: await library(), signal });
  } else if (needsLibrary) await library();
  send({ type: "ready", pinned });
}

async function functionOf<Function>(url: string, what: string): Promise<Function> {
  const { default: found } = (await import(url)) as { readonly default?: unknown };
  if (typeof found === "function") return found as Function;
  throw new TypeError(`run: ${what} must be a module whose default export is a function, got ${shown(found)}`);
}

async function runTrial({ trial, config, folder, output }: TrialOrder): Promise<Returned> {
  printed.to(output);
  const control = (stopping = new AbortController());
  const before = heldNow(await loadedTf());
  const context: TrialContext = {
    config,
    trial,
    folder,
    shared,
    signal: control.signal,
    saccade: needsLibrary ? await library() : (undefined as unknown as TrialLibrary),
    report: (step, metrics) => report(control.signal, step, metrics),
  };
  const began = performance.now();
  let outcome: Pick<Returned, "result" | "error" | "heeded" | "notes">;
  try {
    const { result, notes } = plainResult(await run!(context));
    outcome = { result, notes, error: null, heeded: control.signal.aborted };
  } catch (thrown) {
    const isAbort = thrown === control.signal.reason || (thrown as Error | null)?.name === "AbortError";
    const heeded = control.signal.aborted && isAbort;
    outcome = { result: {}, notes: [], error: heeded ? null : errorOf(thrown), heeded };
  }
  const seconds = (performance.now() - began) / 1000;
  printed.to(undefined);
  const left = cleanUp(await loadedTf(), before);
  firstBytes ??= process.memoryUsage.rss();
  return { ...outcome, seconds, notes: [...outcome.notes, ...left], worn: isWorn(firstBytes) };
}

/** TensorFlow.js, where the trial or what it imports has loaded the library. */
async function loadedTf(): Promise<typeof Tf | undefined> {
  return Symbol.for("saccade.backend") in globalThis ? (await library()).tf : undefined;
}

function report(signal: AbortSignal, step: number, metrics: Readonly<Record<string, number>>): Promise<void> {
  const recorded = (async () => {
    signal.throwIfAborted();
    checkReport(step, metrics);
    const number = reports++;
    const heard = new Promise<void>((resolve) => unheard.set(number, resolve));
    send({ type: "report", report: number, step, metrics: { ...metrics } });
    await heard;
  })();
  recorded.catch(() => undefined); // who does not await it is told by the signal
  return recorded;
}

function checkReport(step: unknown, metrics: unknown): void {
  if (typeof step !== "number" || !Number.isFinite(step))
    throw new TypeError(`report: step must be a finite number, got ${shown(step)}`);
  const wrong = anObject.holds(metrics)
    ? Object.entries(metrics as object).find(([, one]) => typeof one !== "number")
    : [];
  if (wrong) {
    const what = wrong.length === 0 ? shown(metrics) : `${wrong[0]}=${shown(wrong[1])}`;
    throw new TypeError(`report: metrics must be numbers by name, got ${what}`);
  }
}

process.on("message", (message: ToProcess) => {
  if (message.type === "run") void runTrial(message).then((returned) => send({ type: "end", ...returned }));
  else if (message.type === "stop") stopping?.abort(new DOMException(message.why, "AbortError"));
  else if (message.type === "heard") {
    unheard.get(message.report)?.();
    unheard.delete(message.report);
  }
});
process.on("SIGINT", () => undefined); // the sweep says when to stop

getReady().catch((error: unknown) => send({ type: "unready", error: errorOf(error) }));
