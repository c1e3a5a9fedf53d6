/**
 * CCT-6/3x1 on CIFAR-100 for as long as there is time, at a size that says nothing of it: the run, what is stored, and
 * that it is held to its predictions.
 */
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { run } from "../../lib/cli/bench.js";
import { benchFile, checkStore, storedBenches } from "../../lib/bench/stored-bench.js";
import { verifyResults } from "../../lib/cli/verify-results.js";
import { useCifarMirror } from "../cli/cifar-mirror.js";
import { ROOT, temporaryFolder } from "../cli/project.js";

useCifarMirror();

describe("bench cifar100", () => {
  it("trains, and stores predictions that its accuracy is computed again from", async () => {
    const root = temporaryFolder();
    // built: its worker threads are files
    const program =
      `import { run } from ${JSON.stringify(join(ROOT, "dist/lib/cli/bench.js"))}; process.exitCode = ` +
      `await run(process.argv.slice(1), { root: ${JSON.stringify(root)} });`;
    const args = [
      "cifar100",
      "--minutes",
      "0.1",
      "--images",
      "4",
      "--tested",
      "20",
      "--seed",
      "3",
      "--store",
      "--json",
    ];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [
      "--input-type=module",
      "-e",
      program,
      "--",
      ...args,
    ]);
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { metric: string }).metric),
    ).toContain("test accuracy, %: ours / none");
    expect(stderr).toContain(`stored in ${benchFile("cifar100")}`);
    const [stored] = storedBenches(root);
    expect(stored!.command).toBe(
      "npm run bench -- cifar100 --minutes 0.1 --images 4 --tested 20 --seed 3 --store --json",
    );
    const { epochs, endedBy, predictions, data } = stored!.cases!["cct_6_3x1_32"] as {
      epochs: number;
      endedBy: string;
      predictions: { accuracy: number; test: { count: number } };
      data: { archives: unknown[] };
    };
    expect(["epochs", "signal"]).toContain(endedBy);
    expect(stored!.metrics.find(({ metric }) => metric.startsWith("training step"))!.samples["ours"]).toHaveLength(
      epochs,
    );
    expect(stored!.metrics[0]!.samples["ours"]![0]).toBeCloseTo(100 * predictions.accuracy, 2);
    expect(data.archives).toEqual([{ file: "cifar-100-binary.tar.gz", digest: expect.stringMatching(/^sha256:/) }]);

    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    expect(await verifyResults(root, { print, download: false })).toBe(0);
    expect(lines.join("\n")).toContain("accuracy of 1 run computed again from predictions and labels");
    const file = join(root, benchFile("cifar100"));
    writeFileSync(file, readFileSync(file, "utf8").replace(/"accuracy": [\d.]+/, '"accuracy": 0.9876'));
    expect(await verifyResults(root, { print, download: false })).toBe(1);
    expect(lines.join("\n")).toMatch(/the accuracy stored is 0.9876.*that of the predictions 98.76 %/s);
  });

  it.each([
    [["--minutes", "0"], "bench cifar100: --minutes must be a number of 0.1 or more, got 0"],
    [["--minutes", "long"], "bench cifar100: --minutes must be a number of 0.1 or more, got long"],
    [["--images", "2.5"], "bench cifar100: --images must be a whole number of 1 or more, got 2.5"],
    [
      ["--fast"],
      expect.stringMatching(
        /^bench cifar100: Unknown option '--fast'.* The known ones: --store, --json, --minutes VALUE, --images VALUE/,
      ),
    ],
  ])("refuses %o with exit code 2", async (args, message) => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(await run(["cifar100", ...args], undefined as never)).toBe(2);
    expect(error.mock.calls.at(-1)).toEqual([message]);
  });

  it("checkStore() lets what is named stand beside --store, with its value, and nothing else", () => {
    expect(checkStore("x", ["--store", "--minutes", "3"], ["minutes"])).toBe(true);
    expect(checkStore("x", ["--minutes", "3"], [])).toBe(false);
    expect(() => checkStore("x", ["--store", "--minutes", "3", "--quick"], ["minutes"])).toThrow(
      "bench x: --store keeps a whole run, so only --json, --minutes may stand beside it, got --quick",
    );
    expect(() => checkStore("x", ["--store", "--only", "a"])).toThrow("got --only a");
  });
});
