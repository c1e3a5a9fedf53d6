/** What `npm run bench -- … --store` keeps, and what README and the bench page show of it. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { busyCores, MachineWatch, stateOf } from "../../lib/bench/machine.js";
import type { CaseMetric } from "../../lib/bench/bench-case.js";
import {
  measuresOf,
  recheckBench,
  storeBench,
  storedBenches,
  type StoredBench,
  type StoredBenchName,
} from "../../lib/bench/stored-bench.js";
import { verifyResults } from "../../lib/cli/verify-results.js";
import { benchFigures } from "../../lib/cli/verify-results/verify-bench.js";
import { fill } from "../../lib/cli/verify-results/figures.js";
import { ROOT, temporaryFolder } from "../cli/project.js";

const [WRITTEN, BEST] = ["PyTorch as written", "PyTorch at its best"];

/** A result of two cases, as stored and read again. */
function stored(bench: StoredBenchName = "training", root = temporaryFolder()): StoredBench {
  const metric = (
    name: string,
    what: string,
    unit: CaseMetric["unit"],
    samples: CaseMetric["samples"],
  ): CaseMetric => ({ case: name, metric: what, unit, samples });
  const of = (name: string, ours: number[]): CaseMetric[] => [
    metric(name, "training step", "ms", {
      ours,
      "ours, eager": [9, 8, 7, 10],
      [WRITTEN]: [40, 41, 39, 40],
      [BEST]: [20, 20, 20, 21],
      "tf.function": [30],
    }),
    metric(name, "share of the matrix product's peak", "%", { ours: [41.4], [BEST]: [20.3] }),
    metric(name, "first step, tracing included", "ms", { ours: [812], "ours, eager": [400] }),
    metric(name, "steps that repay tracing", "steps", { ours: [17] }),
    metric(name, "peak memory of the process", "MB", { ours: [500.123456], [WRITTEN]: [400] }),
    metric(name, "what the network adds to it", "MB", { ours: [90], [WRITTEN]: [180] }),
  ];
  const series = ["slope", "fixed", "R²"].map((what, i) =>
    metric("mynet", `step against batch size 25 to 200: ${what}`, i === 0 ? "ms/image" : i === 1 ? "ms" : "", {
      ours: [[0.5], [4], [0.9987]][i]!,
    }),
  );
  const outcome = {
    metrics: [...of("mynet", [20, 24, 22, 21]), ...of("vit_small", [36, 37, 38, 39]), ...series],
    versions: { Node: "20.20.0", PyTorch: "2.13.0" },
    ours: ["ours", "ours, eager"],
    peers: [WRITTEN!, BEST!, "tf.function"],
    cases: {
      mynet: { batch: 100, best: "PyTorch, torch.compile", short: [] },
      vit_small: { batch: 50, best: "PyTorch as written", short: [{ metric: "training step" }] },
    },
  };
  const file = storeBench(root, bench, performance.now(), new MachineWatch(), outcome);
  expect(readdirSync(join(root, file, ".."))).toEqual([`${bench}.json`]); // renamed from its temporary name
  return storedBenches(root)[0]!;
}

describe("a stored bench", () => {
  it("says how it came about, and holds a row for each of ours beside each peer", () => {
    const begun = Date.now();
    const result = stored();
    expect(result).toMatchObject({
      bench: "training",
      command: "npm run bench -- training --store",
      machine: { cores: expect.any(Number), loadBefore: expect.any(Number), loadAfter: expect.any(Number) },
    });
    expect(new Date(result.date).getTime()).toBeGreaterThanOrEqual(begun);
    expect(result.rows[0]).toEqual({
      case: "mynet",
      metric: "training step",
      unit: "ms",
      variant: "ours",
      ours: 21.5,
      oursMin: 20,
      peerName: WRITTEN,
      peer: 40,
      peerMin: 39,
      ratio: 0.5375,
      ratioSpread: [0.525, 0.5641],
      n: 4,
    });
    expect(result.metrics[4]!.samples["ours"]).toEqual([500.12]);
  });

  it("follows from its samples; a changed figure is found", () => {
    const result = stored();
    expect(recheckBench(result)).toEqual([]);
    const changed = { ...result, rows: result.rows.map((row, i) => (i === 0 ? { ...row, ratio: 0.1 } : row)) };
    expect(recheckBench(changed)).toEqual([
      expect.stringContaining("mynet, training step, ours / PyTorch as written: stored"),
    ]);
    expect(recheckBench({ ...result, rows: result.rows.slice(1) })).toEqual([
      expect.stringMatching(/rows are stored, its samples give/),
    ]);
  });

  it("names its figures for a text", () => {
    expect(measuresOf(stored())).toMatchObject({
      "mynet.training_step.ours.median": 21.5,
      "mynet.training_step.ours.min": 20,
      "mynet.training_step.ours.n": 4,
      "vit_small.training_step.ours_over_pytorch_as_written": 0.9375,
      "all.training_step.ours_over_pytorch_as_written.least": 0.5375,
      "all.training_step.ours_over_pytorch_as_written.most": 0.9375,
      day: expect.stringMatching(/^\d{4}-\d\d-\d\d$/),
    });
  });

  it("fills a text's tables and numbers, says what differs, and then agrees", () => {
    const figures = [benchFigures(stored())];
    const text =
      "of <!-- bench/training day text -->?<!-- / -->: <!-- bench/training goals text -->?<!-- / " +
      "-->\n\n<!-- bench/training table -->\n\n<!-- / -->\n\n<!-- bench/training costs -->\n\n| old " +
      "|\n\n<!-- / -->\n\n<!-- bench/training scaling -->\n\n<!-- / -->\n";
    const first = fill(text, figures);
    expect(first.problems).toHaveLength(5);
    expect(first.text).toContain("| MyNet | 100 | 22 (20) |");
    expect(first.text).toMatch(/\| small ViT \| 50 \| .*, as written \| \*\*0\.94\*\* \| \*\*1\.88\*\* \| 4 \|/s);
    expect(first.text).toContain("step time missed by small ViT; peak memory met by all 2");
    expect(first.text).toContain(
      "| MyNet | 41 % / 20 % | 0.81 / 0.40 / – / – | 17 / – | 500 / 400 = **1.25** | 90 / 180 = 0.50 |",
    );
    expect(first.text).toContain("| MyNet, batch size 25 to 200 | 0.500 ms/image, 4 ms, 0.999 | – |");
    expect(first.text).not.toContain("old");
    expect(fill(first.text, figures)).toEqual({ text: first.text, count: 5, problems: [] });
  });

  it("fails a README whose table is another, and mends it with --write", async () => {
    const root = temporaryFolder();
    mkdirSync(join(root, "notebooks"));
    stored("training", root);
    writeFileSync(
      join(root, "README.md"),
      "<!-- bench/training table -->\n\n| a | table |\n\n<!-- / -->\n<!-- bench/training nothing -->\n\n<!-- / -->\n",
    );
    const lines: string[] = [];
    const print = (line: string): void => void lines.push(line);
    expect(await verifyResults(root, { print })).toBe(1);
    expect(lines.join()).toMatch(/bench\/training table: the text has another.*bench\/training nothing is not stored/s);
    expect(await verifyResults(root, { print, write: true })).toBe(1); // there is no such table
    expect(readFileSync(join(root, "README.md"), "utf8")).toContain("| MyNet |");
  });

  it("of the data has each study's images a second, and says where the step would wait", () => {
    const data = (twoWorkers: number[]) => {
      const samples = {
        "step alone": [180.2],
        "1 worker": [90, 110],
        "2 workers": twoWorkers,
        "step fed by 2 workers": [139],
      };
      const root = temporaryFolder();
      storeBench(root, "data", performance.now(), new MachineWatch(), {
        metrics: [{ case: "study-5-small", metric: "data", unit: "images/s", samples }],
        versions: {},
        ours: ["2 workers"],
        peers: ["step alone"],
        cases: {
          "study-5-small": {
            network: "ResNet34, 64 px",
            source: "files",
            augment: { randomResizedCrop: {}, horizontalFlip: true },
          },
        },
      });
      const { table, result } = benchFigures(storedBenches(root)[0]!);
      return {
        row: table!("table")!.split("\n")[2],
        ahead: (result as { measures: Record<string, unknown> }).measures["ahead"],
      };
    };
    expect(data([200, 210, 205])).toEqual({
      row:
        "| 5, small | ResNet34, 64 px | JPEG files | random resized crop, horizontal flip | 180 | 100 | 205 " +
        "| 139 | 1.1 | 3 |",
      ahead: "2 workers keep ahead of the step in all 1 cases",
    });
    expect(data([90])).toEqual({
      row: expect.stringMatching(/\| \*\*0\.50\*\* \| 1 \|$/),
      ahead: "2 workers fall short of the step in study 5, small (0.50 of what it takes)",
    });
  });

  it("of this checkout give the tables", () => {
    const figures = storedBenches(ROOT).map(benchFigures);
    expect(figures.map(({ name }) => name)).toContain("bench/kernel");
    expect(figures.find(({ name }) => name === "bench/kernel")!.table!("table")).toMatch(
      /^\| {2}\| ours \| ipykernel .*\n.*\n\| launch, connect/,
    );
  });
});

describe("the machine", () => {
  it("is called idle or busy by the cores that others use", () => {
    expect(stateOf(0.2)).toBe("otherwise idle");
    expect(stateOf(2.34)).toBe("busy with other work, which took up to 2.3 cores");
  });

  it("counts the cores that are busy now", async () => {
    expect(await busyCores(20)).toBeGreaterThanOrEqual(0);
  });
});
