import { describe, expect, it } from "vitest";
import { Recorder } from "../../lib/train/history.js";
import { silentProgress, terminalProgress, type FitConfig, type Standing } from "../../lib/train/index.js";

const standing: Standing = {
  epoch: 1,
  epochs: 10,
  batch: 200,
  batches: 500,
  step: 200,
  steps: 5000,
  rate: 1234.4,
  secondsLeft: 80,
  loss: 2.0161,
  accuracy: 0.2512,
};
const shown = "epoch 1/10 · 200/500 · loss 2.016 · accuracy 25.1 % · 1,234 images/s · 1 min 20 s left";

function stream(isTTY: boolean) {
  const written: string[] = [];
  return {
    written,
    stream: {
      isTTY,
      columns: 120,
      write: (text: string) => (written.push(text), true),
    } as unknown as NodeJS.WriteStream,
  };
}

describe("terminalProgress()", () => {
  it("writes one line per mark where there is no terminal", () => {
    const { written, stream: out } = stream(false);
    const progress = terminalProgress(out);
    progress.step(standing);
    progress.mark(standing);
    progress.end();
    expect(written).toEqual([`${shown}\n`]);
  });

  it("says nothing of what is left at the run's end", () => {
    const { written, stream: out } = stream(false);
    terminalProgress(out).mark({ ...standing, epoch: 10, batch: 500, secondsLeft: 0 });
    expect(written).toEqual(["epoch 10/10 · 500/500 · loss 2.016 · accuracy 25.1 % · 1,234 images/s\n"]);
  });

  const tail = " · 1 min 20 s left";
  it.each([
    ["a signal", "signal", " · stopped"],
    ["the accuracy aimed at", "targetAccuracy", " · ended: the target accuracy is reached"],
    ["patience", "patience", " · ended: patience is over"],
    ["its last epoch", "epochs", undefined],
    ["an error", undefined, undefined],
  ] as const)("says at the end of a run what ended it before its last epoch: %s", (_, endedBy, end) => {
    const plain = stream(false);
    const terminal = stream(true);
    for (const { stream: out } of [plain, terminal]) {
      const progress = terminalProgress(out);
      progress.mark({ ...standing, batch: 100 });
      progress.step(standing);
      progress.end(endedBy);
    }
    const last = shown.replace(tail, end ?? "");
    expect(plain.written.slice(1)).toEqual(end === undefined ? [] : [`${last}\n`]);
    expect(terminal.written.slice(1)).toEqual(end === undefined ? ["\n"] : [`\r\x1b[K${last}`, "\n"]);
  });

  it("names the run in front of each line", () => {
    const { written, stream: out } = stream(false);
    terminalProgress(out, "all.cnn").mark(standing);
    expect(written).toEqual([`all.cnn: ${shown}\n`]);
  });

  it("updates one line in place on a terminal", () => {
    const { written, stream: out } = stream(true);
    const progress = terminalProgress(out);
    progress.mark(standing);
    progress.mark({ ...standing, batch: 500 });
    progress.end();
    expect(written.join("")).toBe(`\r\x1b[K${shown}\r\x1b[K${shown.replace("200/", "500/")}\n`);
  });

  it.each([
    [false, ""],
    [true, "\n"],
  ])("writes what an evaluation found on a line of its own, on a terminal or not", (isTTY, ends) => {
    const { written, stream: out } = stream(isTTY);
    const progress = terminalProgress(out, "vit");
    if (isTTY) progress.mark(standing);
    progress.measured!({
      epoch: 1,
      epochs: 10,
      training: { loss: 1.5, accuracy: 0.5 },
      validation: { loss: 1.987, accuracy: 0.264 },
    });
    expect(written.slice(isTTY ? 1 : 0).join("")).toBe(
      `${ends}vit: epoch 1/10 · training: loss 1.500, accuracy 50.0 % · validation: loss 1.987, accuracy 26.4 %\n`,
    );
  });

  it("ends an unfinished line when the run ends", () => {
    const { written, stream: out } = stream(true);
    const progress = terminalProgress(out);
    progress.mark(standing);
    progress.end();
    expect(written.at(-1)).toBe("\n");
  });
});

describe("the rate of a run that goes on", () => {
  it("is that of what has been done since, whatever it took before", () => {
    const config = { epochs: 2, batchSize: 10, lossEvery: 200 } as FitConfig;
    const before = new Recorder(config, 20, silentProgress);
    before.startEpoch(1);
    before.add({ loss: 1, correct: 5, images: 10 }, 0.1);
    const after = new Recorder(config, 20, silentProgress, { ...before.state(), seconds: 1e6 });
    const { rate, secondsLeft } = after.add({ loss: 1, correct: 5, images: 10 }, 0.1);
    expect(rate).toBeGreaterThan(1); // 20 images in 1e6 s are fewer
    expect(secondsLeft).toBe(20 / rate);
  });
});
