import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { integer, messages, readMessage, string, type Message } from "../../lib/protobuf.js";
import { jsonLines, loggedImages, startRun, tensorboard } from "../../lib/tracking/index.js";
import { crc32c, maskedCrc, recordOf } from "../../lib/tracking/tensorboard/records.js";
import { scalarValue, summaryEvent } from "../../lib/tracking/tensorboard/summaries.js";

const script = fileURLToPath(new URL("../fixtures/tracking/event-loop.mjs", import.meta.url));
let folder: string;
let warned: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-tensorboard-"));
  warned = [];
  vi.spyOn(console, "warn").mockImplementation((line: string) => void warned.push(line));
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

const begin = (options: object = {}) =>
  startRun({ name: "own", log: [jsonLines(join(folder, "json")), tensorboard({ folder })], ...options });
const filesOf = (id: string) =>
  readdirSync(join(folder, id))
    .filter((name) => name.includes("tfevents"))
    .sort()
    .map((name) => join(folder, id, name));

/** The events of a file; every checksum is checked. */
function eventsIn(path: string): { readonly events: Message[]; readonly torn: number } {
  const bytes = readFileSync(path);
  const events: Message[] = [];
  let at = 0;
  while (at + 12 <= bytes.length) {
    const length = Number(bytes.readBigUInt64LE(at));
    if (at + 16 + length > bytes.length) break;
    expect(bytes.readUInt32LE(at + 8)).toBe(maskedCrc(bytes.subarray(at, at + 8)));
    const data = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(maskedCrc(data));
    events.push(readMessage(data));
    at += 16 + length;
  }
  return { events, torn: bytes.length - at };
}
const numbersOf = (message: Message, field: number): number[] => {
  const bytes = Buffer.from(message.get(field)!.at(-1) as Uint8Array);
  return Array.from({ length: bytes.length / 8 }, (_, i) => bytes.readDoubleLE(8 * i));
};
const float = (bits: bigint): number => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(Number(bits));
  return bytes.readFloatLE();
};
const valuesOf = (events: readonly Message[]) =>
  events.flatMap((event) =>
    messages(event, 5)
      .flatMap((summary) => messages(summary, 1))
      .map((value) => ({ step: integer(event, 2), tag: string(value, 1), value })),
  );
const scalarsOf = (events: readonly Message[], tag: string) =>
  valuesOf(events)
    .filter((one) => one.tag === tag)
    .map(({ step, value }) => [step, float(value.get(2)!.at(-1) as bigint)]);

describe("an event file's records", () => {
  it("have the checksums of RFC 3720, B.4", () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  });

  it("are byte for byte those of TensorBoard 2.20's own RecordWriter", () => {
    const event = summaryEvent("2026-01-02T03:04:05.000Z", 7, [scalarValue("train/loss", 0.5)]);
    expect(Buffer.from(recordOf(event)).toString("hex")).toBe(WRITTEN_BY_TENSORBOARD);
  });
});

describe("a run in TensorBoard's files", () => {
  it("has its version, its beginning, what it is, and the numbers of its steps, NaN too", async () => {
    const run = await begin({ config: { learningRate: 0.1, optimizer: { name: "adam" }, clip: null } });
    run.log({ "train/loss": 2, accuracy: 0.5 }, { step: 1 });
    run.log({ "train/loss": NaN }, { step: 2 });
    run.log({ "train/loss": Infinity }, { step: 3 });
    await run.end({ status: "diverged", result: { best_accuracy: 0.5, "train/loss": NaN } });
    const { events, torn } = eventsIn(filesOf(run.id)[0]!);
    expect(torn).toBe(0);
    expect(string(events[0]!, 3)).toBe("brain.Event:2");
    expect(integer(messages(events[1]!, 7)[0]!, 1)).toBe(1);
    expect(scalarsOf(events, "train/loss")).toEqual([
      [1, 2],
      [2, NaN],
      [3, Infinity],
    ]);
    expect(scalarsOf(events, "result/best_accuracy")).toEqual([[3, 0.5]]);
    const text = events.map((event) => Buffer.from((event.get(5)?.[0] ?? []) as Uint8Array).toString("latin1"));
    expect(text.join("")).toContain("| learningRate | 0.1 |");
    expect(text.join("")).toContain("| optimizer.name | adam |");
    expect(text.join("")).toContain("| status | diverged |");
    expect(valuesOf(events).map(({ tag }) => tag)).toContain("_hparams_/session_end_info");
    expect(warned).toEqual([]);
  });

  it("has images as PNG, and distributions in bins of one width", async () => {
    const run = await begin();
    run.images({ "samples/first": { data: Uint8Array.of(0, 255), height: 1, width: 2, channels: 1 } }, { step: 4 });
    run.histograms({ weights: [0, 0, 30, NaN], none: [NaN] }, { step: 4 });
    await run.end();
    const values = valuesOf(eventsIn(filesOf(run.id)[0]!).events);
    const image = messages(values.find(({ tag }) => tag === "samples/first")!.value, 4)[0]!;
    expect([integer(image, 1), integer(image, 2), integer(image, 3)]).toEqual([1, 2, 1]);
    expect(
      Buffer.from(image.get(4)![0] as Uint8Array)
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
    const histogram = messages(values.find(({ tag }) => tag === "weights")!.value, 5)[0]!;
    expect(numbersOf(histogram, 6)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(numbersOf(histogram, 7)).toEqual([2, ...new Array<number>(28).fill(0), 1]);
    expect(values.filter(({ tag }) => tag.includes("not_finite")).map(({ tag }) => tag)).toEqual([
      "weights/not_finite",
      "none/not_finite",
    ]);
    expect(values.some(({ tag }) => tag === "none")).toBe(false);
  });

  it("takes batches of pixels from 0 to 255 and of floats from 0 to 1, the first of them", () => {
    const imageShape = [1, 2, 1];
    const bytes = loggedImages("wrong", { images: [0, 255, 7, 300, 1, 1], imageShape }, { count: 2 });
    expect(Object.keys(bytes)).toEqual(["wrong/0", "wrong/1"]);
    expect(bytes["wrong/1"]).toEqual({ data: Uint8Array.of(7, 255), height: 1, width: 2, channels: 1 });
    const floats = loggedImages("wrong", { images: Float32Array.of(0, 1, 0.5, -1), imageShape });
    expect(floats["wrong/0"]!.data).toEqual(Uint8Array.of(0, 255));
    expect(floats["wrong/1"]!.data).toEqual(Uint8Array.of(128, 0)); // 127.5 to the even one
    expect(() => loggedImages("wrong", { images: [1, 2, 3], imageShape })).toThrow("must hold N × [1, 2, 1] values");
  });

  it("puts a profile where the PROFILE page looks, and leaves other files alone", async () => {
    const run = await begin();
    run.artifact("step-7.xplane.pb", Uint8Array.of(1, 2));
    writeFileSync(join(folder, "a.txt"), "a");
    run.artifact("a.txt", join(folder, "a.txt"));
    await run.end();
    const place = join(folder, run.id, "plugins/profile/step-7");
    expect(readFileSync(join(place, readdirSync(place)[0]!))).toEqual(Buffer.of(1, 2));
    expect(existsSync(join(folder, run.id, "a.txt"))).toBe(false);
  });

  it("goes on after a kill in a file that is read after the torn one, and begins past its checkpoint", async () => {
    const child = spawn(process.execPath, [script, folder], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = await once(child.stdout, "data"); // 100 steps are logged
    child.kill("SIGKILL");
    await once(child, "close");
    const id = String(line).trim();
    const [first] = filesOf(id);
    const before = eventsIn(first!).events;
    expect(scalarsOf(before, "loss").length).toBeGreaterThanOrEqual(100);
    const whole = readFileSync(first!);
    writeFileSync(first!, whole.subarray(0, whole.length - 3)); // as a torn write leaves it
    expect(eventsIn(first!).torn).toBeGreaterThan(0);
    const run = await begin({ id, step: 50 });
    run.log({ loss: -1 }, { step: 51 });
    await run.end();
    const files = filesOf(id);
    expect(files[0]).toBe(first);
    const kept = eventsIn(first!);
    expect(scalarsOf(kept.events, "loss").map(([step]) => step)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(kept.torn).toBe(0);
    const { events } = eventsIn(files[1]!);
    expect(events.map((event) => integer(event, 2)).slice(1, 2)).toEqual([51]); // what counts no longer
    expect(scalarsOf(events, "loss")).toEqual([[51, -1]]);
  });

  it("has a file of its own for each part, though they begin in one second, and a folder for each run", async () => {
    const one = await begin();
    const ids = [one.id];
    for (let part = 1; part <= 3; part++) {
      const next = await begin({ id: one.id, step: part });
      await next.end({ status: "stopped" });
    }
    const two = await begin();
    ids.push(two.id);
    one.log({ a: 1 });
    two.log({ a: 2 });
    await Promise.all([one.end(), two.end()]);
    expect(filesOf(ids[0]!)).toHaveLength(4);
    const starts = filesOf(ids[0]!).map((file) => integer(eventsIn(file).events[1]!, 2));
    expect(starts).toEqual([0, 2, 3, 4]);
    expect(scalarsOf(eventsIn(filesOf(ids[1]!)[0]!).events, "a")).toEqual([[1, 2]]);
  });

  it("never stops a run where its folder cannot be written", async () => {
    writeFileSync(join(folder, "taken"), "");
    const run = await begin({ log: [jsonLines(join(folder, "json")), tensorboard({ folder: join(folder, "taken") })] });
    run.log({ loss: 1 });
    await run.end();
    expect(warned[0]).toMatch(/^saccade: tensorboard does not record all of the run own-.*(ENOTDIR|EEXIST)/);
  });
});

/** `RecordWriter(file).write(event.SerializeToString())` of tensorboard.summary.writer.record_writer. */
const WRITTEN_BY_TENSORBOARD =
  "200000000000000029eda9500900004069cd55da4110072a130a110a0a747261696e2f6c6f7373150000003f9af0348e";
