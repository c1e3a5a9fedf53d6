import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { createModel, loadWeights } from "../../lib/models/index.js";
import { fit, loadCheckpoint } from "../../lib/train/index.js";
import { brightnessSet } from "../fixtures/images.js";

const set = brightnessSet({ count: 30, classes: 3 });
const small = (embedDim = 8) =>
  createModel("small_vit", { inputShape: [8, 8, 3], numClasses: 3, embedDim, depth: 1, numHeads: 2, hiddenDim: 16 });
const options = { epochs: 2, batchSize: 10, seed: 3, progress: false } as const;
const values = (model: tf.LayersModel) => model.getWeights().flatMap((weight) => [...weight.dataSync()]);
let folder: string;
let model: tf.LayersModel;

beforeAll(ready);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "saccade-checkpoint-"));
  model = small();
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  model.dispose();
});

describe("a run that is killed", () => {
  const script = fileURLToPath(new URL("../fixtures/train/run.mjs", import.meta.url));
  const run = (where: string, ...args: string[]) =>
    spawnSync(process.execPath, [script, where, ...args], { encoding: "utf8" });

  it("goes on exactly as one that was not: losses, weights and averages", () => {
    const whole = run(join(folder, "whole"));
    expect({ status: whole.status, stderr: whole.status === 0 ? "" : whole.stderr }).toEqual({ status: 0, stderr: "" });
    const broken = join(folder, "broken");
    // After 2 steps, 1 of them written; after 5 more; in writing the second after that, the file whole; in the next, it
    // empty.
    for (const at of ["step 2", "step 5", "rename 2", "open 1"])
      expect([at, run(broken, ...at.split(" ")).signal]).toEqual([at, "SIGKILL"]);
    const resumed = run(broken);
    expect({ status: resumed.status, stderr: resumed.status === 0 ? "" : resumed.stderr }).toEqual({
      status: 0,
      stderr: "",
    });
    const [expected, actual] = [whole, resumed].map(({ stdout }) => JSON.parse(stdout));
    expect(expected.steps).toBe(12); // 4 batches, three times
    expect(actual.steps).toBe(12 - 6); // what was not written is taken anew
    expect(actual.losses).toEqual(expected.losses);
    expect(actual.weights).toEqual(expected.weights);
  });
});

describe("checkpoints", () => {
  it("are written within an epoch when their minutes are over, and not before", async () => {
    const there: boolean[] = [];
    const file = join(folder, "last.safetensors");
    const callbacks = { step: () => void there.push(existsSync(file)) };
    const begun = { ...options, epochs: 1, resume: false, callbacks } as const;
    await fit(model, set, { ...begun, checkpoint: { folder, everyMinutes: 1e-9 } });
    rmSync(file);
    await fit(model, set, { ...begun, checkpoint: { folder, everyMinutes: 1e9 } });
    expect(there).toEqual([false, true, true, false, false, false]);
  });
  it("keep the last and the best, and give a model the run's weights and class names", async () => {
    const seen: number[] = [];
    await fit(model, set, {
      ...options,
      validation: set,
      checkpoint: { folder },
      callbacks: { epoch: ({ validation }) => void seen.push(validation!.accuracy) },
    });
    expect(seen).toHaveLength(2);
    expect(existsSync(join(folder, "best.safetensors"))).toBe(true);
    const other = small();
    expect(values(other)).not.toEqual(values(model));
    const { classNames, config } = await loadCheckpoint(other, join(folder, "last.safetensors"));
    expect(values(other)).toEqual(values(model));
    await expect(loadCheckpoint(other, folder)).rejects.toThrow(
      new RangeError(
        "loadCheckpoint: path must be of a file, last.safetensors or best.safetensors in a run's folder, got " +
          `the folder ${folder}`,
      ),
    );
    expect(classNames).toEqual(["level 0", "level 1", "level 2"]);
    expect(config).toMatchObject({ epochs: 2, seed: 3 });
    other.dispose();
  });

  it("are told from files of weights by loadWeights, which says what loads them", async () => {
    await fit(model, set, { ...options, epochs: 1, validation: set, checkpoint: { folder } });
    for (const name of ["best", "last"]) {
      const path = join(folder, `${name}.safetensors`);
      await expect(loadWeights(model, path, { strict: false })).rejects.toThrow(
        new RangeError(
          `loadWeights: path must be of weights, got ${path}, a checkpoint that fit wrote: ` +
            `train.loadCheckpoint(model, "${path}") loads it`,
        ),
      );
    }
  });

  it("are not replaced unless that is said", async () => {
    await fit(model, set, { ...options, checkpoint: { folder } });
    const names = ["last", "best"].map((name) => join(folder, `${name}.safetensors`));
    const before = names.map((name) => readFileSync(name));
    const weights = values(model);
    await expect(fit(model, set, { ...options, checkpoint: { folder } })).rejects.toThrow(
      new RangeError(
        `fit: checkpoint.folder must be empty or resumed, got a run of 2 epochs in ${folder}: resume: true goes on, ` +
          "resume: false begins anew",
      ),
    );
    expect(names.map((name) => readFileSync(name))).toEqual(before);
    expect(values(model)).toEqual(weights);
    writeFileSync(names[0]!, "no checkpoint");
    await expect(fit(model, set, { ...options, checkpoint: { folder } })).rejects.toThrow(
      "got a file that is no whole checkpoint, last.safetensors, in",
    );
    expect((await fit(model, set, { ...options, checkpoint: { folder }, resume: false })).steps).toBe(6);
    expect(readFileSync(names[0]!)).not.toEqual(before[0]);
  });

  it("are of one run: another begun in its folder takes the place of both", async () => {
    await fit(model, set, { ...options, checkpoint: { folder } });
    const abort = new AbortController();
    await fit(model, set, {
      ...options,
      checkpoint: { folder },
      resume: false,
      signal: abort.signal,
      callbacks: { step: () => abort.abort() },
    });
    expect(readdirSync(folder)).toEqual(["last.safetensors"]); // no epoch of it is whole
    expect((await fit(model, set, { ...options, checkpoint: { folder }, resume: true })).steps).toBe(6);
    expect(readdirSync(folder)).toEqual(["best.safetensors", "last.safetensors"]);
  });

  it("do not train a finished run further", async () => {
    const first = await fit(model, set, { ...options, checkpoint: { folder } });
    const weights = values(model);
    const again = await fit(model, set, { ...options, checkpoint: { folder }, resume: true });
    expect(again.epochs).toEqual(first.epochs);
    expect(values(model)).toEqual(weights);
  });

  it("survive a writing that was cut off, and what it left goes; another process's stays", async () => {
    await fit(model, set, { ...options, checkpoint: { folder } });
    const gone = spawnSync(process.execPath, ["-e", ""]).pid;
    const names = [
      `last.safetensors.${gone}.partial`,
      `best.safetensors.${gone}.partial`,
      `last.safetensors.${process.ppid}.partial`,
      `notes.${gone}.partial`,
    ];
    for (const name of names) writeFileSync(join(folder, name), "half");
    expect((await fit(model, set, { ...options, checkpoint: { folder }, resume: true })).steps).toBe(6);
    expect(names.filter((name) => existsSync(join(folder, name)))).toEqual(names.slice(2));
  });

  it("of another model or run are refused with what differs, and change nothing", async () => {
    await fit(model, set, { ...options, checkpoint: { folder } });
    const wider = small(16);
    const before = values(wider);
    await expect(fit(wider, set, { ...options, checkpoint: { folder }, resume: true })).rejects.toThrow(
      /with weight .*\[.*8\] there, .*\[.*16\] here/,
    );
    await expect(loadCheckpoint(wider, join(folder, "last.safetensors"))).rejects.toThrow(
      "loadCheckpoint: a checkpoint must be of the same model",
    );
    expect(values(wider)).toEqual(before);
    await expect(
      fit(model, set, { ...options, learningRate: 0.5, checkpoint: { folder }, resume: true }),
    ).rejects.toThrow(
      "with learningRate 0.001 there, 0.5 here. To train its weights in another run: loadCheckpoint(model, " +
        "path), then fit without resume",
    );
    wider.dispose();
  });

  it("go on with another patience or target, which change nothing that was computed", async () => {
    const still = { ...options, learningRate: 0, epochs: 5, checkpoint: { folder }, resume: true };
    expect(await fit(model, set, { ...still, patience: 1 })).toMatchObject({ endedBy: "patience", steps: 6 });
    expect(await fit(model, set, { ...still, patience: 2 })).toMatchObject({ endedBy: "patience", steps: 9 });
    expect(await fit(model, set, { ...still, targetAccuracy: 1e-9 })).toMatchObject({ endedBy: "targetAccuracy" });
    expect(await fit(model, set, still)).toMatchObject({ endedBy: "epochs", steps: 15 });
  });

  it("go on where the loss is noted at other steps than before, in windows of the new length", async () => {
    const first = { ...options, epochs: 1, lossEvery: 200, checkpoint: { folder } };
    expect((await fit(model, set, first)).losses).toHaveLength(1); // of the epoch's 3 batches
    const { losses, steps } = await fit(model, set, { ...options, checkpoint: { folder }, resume: true });
    expect(steps).toBe(6);
    expect(losses.map(({ epoch, batch }) => [epoch, batch])).toEqual([
      [1, 3],
      [2, 1],
      [2, 2],
      [2, 3],
    ]);
  });

  it("of another version are refused with both versions, and change nothing", async () => {
    const path = join(folder, "last.safetensors");
    await fit(model, set, { ...options, checkpoint: { folder } });
    const bytes = readFileSync(path);
    const at = bytes.indexOf('\\"format\\":2');
    bytes.write("3", at + '\\"format\\":'.length);
    writeFileSync(path, bytes);
    const before = values(model);
    await expect(fit(model, set, { ...options, checkpoint: { folder }, resume: true })).rejects.toThrow(
      new RangeError(`fit: a checkpoint must be of the same run, got ${path} with format 3 there, 2 here`),
    );
    await expect(loadCheckpoint(model, path)).rejects.toThrow("with format 3 there, 2 here");
    expect(values(model)).toEqual(before);
  });

  it("of another set, of other classes or of another model are told apart, each by what differs", async () => {
    await fit(model, set, { ...options, checkpoint: { folder } });
    const fewer = { ...set, labels: set.labels.slice(0, 20), images: set.images.slice(0, 20 * 192) };
    await expect(fit(model, fewer, { ...options, checkpoint: { folder }, resume: true })).rejects.toThrow(
      "with set's images 30 there, 20 here",
    );
    await expect(
      fit(model, { ...set, classNames: ["a", "b", "c"] }, { ...options, checkpoint: { folder }, resume: true }),
    ).rejects.toThrow(`with set's classNames ["level 0","level 1","level 2"] there, ["a","b","c"] here`);
    const deeper = createModel("small_vit", {
      inputShape: [8, 8, 3],
      numClasses: 3,
      embedDim: 8,
      depth: 2,
      numHeads: 2,
      hiddenDim: 16,
    });
    await expect(loadCheckpoint(deeper, join(folder, "last.safetensors"))).rejects.toThrow(
      /none there, .* here; \d+ more weights/,
    );
    deeper.dispose();
  });

  it.each([[["epoch 1 batch 3"]], [["epoch 2 batch 3"]]])(
    "written where the evaluation after %s was interrupted make up for it",
    async ([at]) => {
      const whole = small();
      const more = { ...options, validation: set, monitor: "training" } as const;
      const expected = await fit(whole, set, more);
      const abort = new AbortController();
      const calls: number[] = [];
      const callbacks = {
        step: ({ epoch, batch }: { epoch: number; batch: number }) =>
          void (`epoch ${epoch} batch ${batch}` === at && abort.abort()),
        epoch: ({ epoch }: { epoch: number }) => void calls.push(epoch),
      };
      const first = await fit(model, set, { ...more, checkpoint: { folder }, signal: abort.signal, callbacks });
      expect(first.endedBy).toBe("signal");
      expect(first.epochs.at(-1)!.validation).toBeUndefined();
      const rest = await fit(model, set, {
        ...more,
        checkpoint: { folder },
        resume: true,
        callbacks: { epoch: callbacks.epoch },
      });
      const numbers = (history: typeof rest) => history.epochs.map(({ seconds, ...each }) => each);
      expect(numbers(rest)).toEqual(numbers(expected));
      expect(calls).toEqual([1, 2]); // each epoch once
      expect(values(model)).toEqual(values(whole));
      whole.dispose();
    },
  );

  it.each([
    ["truncated", (path: string) => truncateSync(path, 1000)],
    ["empty", (path: string) => truncateSync(path, 0)],
    [
      "changed",
      (path: string) => {
        const bytes = readFileSync(path);
        bytes[bytes.length - 1]! ^= 1;
        writeFileSync(path, bytes);
      },
    ],
    ["of another format", (path: string) => writeFileSync(path, "{ this is no checkpoint }")],
  ])("that are %s are refused by name", async (_, damage) => {
    await fit(model, set, { ...options, epochs: 1, checkpoint: { folder } });
    damage(join(folder, "last.safetensors"));
    await expect(fit(model, set, { ...options, epochs: 1, checkpoint: { folder }, resume: true })).rejects.toThrow(
      SyntaxError,
    );
    await expect(loadCheckpoint(model, join(folder, "last.safetensors"))).rejects.toThrow(/got .*last\.safetensors/);
  });
});
