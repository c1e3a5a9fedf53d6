/** What pretraining is worth, at a size that says nothing of it: the run, its rows, and what README would show. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { ready, tf } from "../../lib/backend/index.js";
import { run } from "../../lib/cli/bench.js";
import { ALL, fineTune, FRESH, HEAD } from "../../lib/bench/fine-tune/fine-tune.js";
import { storeBench, storedBenches } from "../../lib/bench/stored-bench.js";
import { MachineWatch } from "../../lib/bench/machine.js";
import { benchTable } from "../../lib/bench/tables/index.js";
import { readSafetensors } from "../../lib/safetensors/index.js";
import { useCifarMirror } from "../cli/cifar-mirror.js";
import { temporaryFolder } from "../cli/project.js";

beforeAll(ready);
useCifarMirror();

describe("bench fine-tune", () => {
  it("pretrains, keeps the weights, and gives three starts' accuracies for each seed", async () => {
    const folder = temporaryFolder();
    const before = tf.memory().numTensors;
    const { accuracies, archives, pretrainedAccuracy } = await fineTune(
      { pretrainImages: 200, pretrainEpochs: 1, images: 100, epochs: 1, seeds: 2, tested: 100 },
      folder,
      false,
    );
    expect(tf.memory().numTensors).toBe(before);
    expect(Object.keys(accuracies)).toEqual([ALL, HEAD, FRESH]);
    for (const values of Object.values(accuracies)) {
      expect(values).toHaveLength(2);
      // hundredths of 100 images
      for (const value of [...values, pretrainedAccuracy]) expect((100 * value) % 1).toBeCloseTo(0, 9);
    }
    expect(archives).toEqual({
      "cifar-100-binary.tar.gz": expect.stringMatching(/[0-9a-f]{64}$/),
      "cifar-10-binary.tar.gz": expect.stringMatching(/[0-9a-f]{64}$/),
    });
    expect((await readSafetensors(join(folder, "pretrained.safetensors"))).tensors.get("head/kernel")!.shape).toEqual([
      128, 100,
    ]);
  });

  it.each([
    [["--images", "0"], /^bench fine-tune: --images must be a whole number above 0, got 0$/],
    [["--epochs", "many"], /^bench fine-tune: --epochs must be a whole number above 0, got many$/],
    [["--fast"], /Unknown option '--fast'.* The known ones: --quick, .*--pretrain-images VALUE/],
    [["--quick", "--store"], /--store keeps a whole run/],
  ])("refuses %o with exit code 2", async (args, message) => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(await run(["fine-tune", ...args], undefined as never)).toBe(2);
    expect(String(error.mock.calls.at(-1))).toMatch(message);
  });

  it("is stored with each seed's accuracy, and shown as a table with the mean", () => {
    const root = temporaryFolder();
    const metrics = [
      {
        case: "net",
        metric: "test accuracy",
        unit: "%" as const,
        samples: { [ALL]: [50, 52], [HEAD]: [40, 41], [FRESH]: [30, 31] },
      },
    ];
    const file = storeBench(root, "fine-tune", performance.now(), new MachineWatch(), {
      metrics,
      versions: {},
      ours: [ALL, HEAD],
      peers: [FRESH],
    });
    expect(existsSync(join(root, file))).toBe(true);
    const result = storedBenches(root)[0]!;
    expect(result.rows.map(({ variant, ratio }) => [variant, ratio])).toEqual([
      [ALL, 1.6721],
      [HEAD, 1.3279],
    ]);
    expect(benchTable(result, "table")).toBe(
      "| start | seed 1 | seed 2 | mean |\n| --- | --- | --- | --- |\n| pretrained, all trained | 50.0 % | " +
        "52.0 % | 51.0 % |\n| pretrained, only the head trained | 40.0 % | 41.0 % | 40.5 % |\n| fresh " +
        "weights | 30.0 % | 31.0 % | 30.5 % |",
    );
  });
});
