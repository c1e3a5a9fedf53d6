import { mkdirSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { aList, aNumber, aText, checkArguments, checkFields, type Rules } from "../../checks.js";
import { writeWholeSync } from "../../files/write-whole.js";
import { writeMessage } from "../../protobuf.js";
import type { StepProfile } from "./step-profile.js";

const KINDS: Rules = { startedAtMs: aNumber, spans: aList, ops: aList };

/**
 * A profile as a serialized tensorflow.profiler.XSpace, with one plane for the machine and a line for each thread.
 * Source: xplane.proto of openxla/tsl.
 */
export function toXSpace(profile: Pick<StepProfile, "startedAtMs" | "spans" | "ops">): Uint8Array {
  checkFields("toXSpace", "profile", profile, KINDS);
  const { startedAtMs, spans, ops } = profile;
  const plane = new PlaneWriter();
  for (const { kind, startUs, endUs } of spans)
    plane.add(0, { name: kind, startUs, durationUs: endUs - startUs, stats: {} });
  const rows = [...new Set(ops.map(({ device, row }) => `${device} ${row}`))];
  for (const { name, op, layer, pass, bytes, device, row, startUs, durationUs } of ops) {
    // TensorBoard knows an op by "name:Type".
    const event = { name: `${name}:${op}`, startUs, durationUs, stats: { tf_op: `${name}:${op}`, layer, pass, bytes } };
    plane.add(rows.indexOf(`${device} ${row}`) + 1, event);
  }
  const names = ["JavaScript main thread", ...rows.map((row) => `TensorFlow ${row.replace(/^.*device:/, "")}`)];
  return writeMessage([
    [1, plane.encode("/host:CPU", names, startedAtMs)],
    [4, hostname()],
  ]);
}

/**
 * Writes a profile where TensorBoard's profile tab looks: `LOGDIR/plugins/profile/RUN/HOST.xplane.pb`.
 *
 * @param logdir what is given to `tensorboard --logdir`
 * @param run the profile's name there, a folder's name
 * @returns the file's path
 * @throws RangeError for a name that is no folder's
 */
export function writeXPlane(
  profile: Pick<StepProfile, "startedAtMs" | "spans" | "ops">,
  logdir: string,
  run: string,
): string {
  checkFields("writeXPlane", "profile", profile, KINDS);
  checkArguments("writeXPlane", { logdir, run }, { logdir: aText, run: aText });
  if (!/^[\w.-]+$/.test(run) || /^\.+$/.test(run))
    throw new RangeError(`writeXPlane: run must be a folder's name of letters, digits, _, - and dots, got ${run}`);
  const folder = join(logdir, "plugins", "profile", run);
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${hostname()}.xplane.pb`);
  writeWholeSync(file, toXSpace(profile));
  return file;
}

interface PlaneEvent {
  readonly name: string;
  readonly startUs: number;
  readonly durationUs: number;
  readonly stats: Readonly<Record<string, string | number>>;
}

/** One XPlane: names are kept once, in tables, and numbered from 1. */
class PlaneWriter {
  readonly #events = new Map<string, number>();
  readonly #stats = new Map<string, number>();
  readonly #lines: Uint8Array[][] = [];

  add(line: number, { name, startUs, durationUs, stats }: PlaneEvent): void {
    const values = Object.entries(stats).filter(([, value]) => value !== "");
    const encoded = values.map(([key, value]) =>
      writeMessage([[1, numberOf(this.#stats, key)], typeof value === "string" ? [5, value] : [4, value]]),
    );
    const picoseconds = (us: number) => BigInt(Math.round(us * 1e6));
    const event = writeMessage([
      [1, numberOf(this.#events, name)],
      [2, picoseconds(Math.max(0, startUs))],
      [3, picoseconds(durationUs)],
      ...encoded.map((stat) => [4, stat] as const),
    ]);
    (this.#lines[line] ??= []).push(event);
  }

  encode(name: string, lineNames: readonly string[], startedAtMs: number): Uint8Array {
    const table = (field: number, names: ReadonlyMap<string, number>) =>
      [...names].map(
        ([text, id]) =>
          [
            field,
            writeMessage([
              [1, id],
              [
                2,
                writeMessage([
                  [1, id],
                  [2, text],
                ]),
              ],
            ]),
          ] as const,
      );
    const lines = this.#lines.map((events, id) =>
      writeMessage([
        [1, id],
        [2, lineNames[id]!],
        [3, BigInt(Math.round(startedAtMs * 1000)) * 1000n],
        ...events.map((event) => [4, event] as const),
      ]),
    );
    return writeMessage([
      [1, 1],
      [2, name],
      ...lines.map((line) => [3, line] as const),
      ...table(4, this.#events),
      ...table(5, this.#stats),
    ]);
  }
}

function numberOf(names: Map<string, number>, name: string): number {
  const known = names.get(name) ?? names.size + 1;
  names.set(name, known);
  return known;
}
