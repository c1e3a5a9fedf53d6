/** The arithmetic and the table of the bench of bfloat16; what it measures is the bench's business. */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { ProfiledOp } from "../../lib/analysis/index.js";
import { ready, tf } from "../../lib/backend/index.js";
import { MachineWatch } from "../../lib/bench/machine.js";
import { AUTOCAST, AUTOCAST_LAST, MIXED_CASES, MIXED_SIDES } from "../../lib/bench/mixed-precision/mixed-cases.js";
import { mixedGoals } from "../../lib/bench/mixed-precision/mixed-goals.js";
import type * as Rounds from "../../lib/bench/mixed-precision/mixed-rounds.js";
import { processorKind } from "../../lib/bench/mixed-precision/processor-kind.js";
import { productShare } from "../../lib/bench/mixed-precision/product-share.js";
import { benchesNotStored, storeBench, storedBenches } from "../../lib/bench/stored-bench.js";
import { fill } from "../../lib/cli/verify-results/figures.js";
import { benchFigures, figuresNotStored } from "../../lib/cli/verify-results/verify-bench.js";
import { BENCH_VENV } from "../../lib/setup/bench-environment.js";
import { ROOT } from "../cli/project.js";

const FIELD = { root: ROOT, threads: 1, busy: true, scratch: tmpdir() };

/** Two steps of a network, as the built program measures them. */
async function measured(model: string, names: readonly string[], python: string): Promise<Rounds.MixedResult> {
  const built = join(ROOT, "dist/lib/bench/mixed-precision/mixed-rounds.js"); // as built: it starts processes
  const { measureMixed } = (await import(built)) as typeof Rounds;
  const network = { ...MIXED_CASES.find(({ name }) => name === model)!, batch: 2, stepsPerTurn: 1 };
  return await measureMixed(network, names as never, { ...FIELD, python }, { rounds: 2, endMs: Infinity });
}

describe("productShare()", () => {
  it("adds up convolutions and matrix products, fused or not, and casts, by hand", () => {
    const op = (name: string, durationUs: number) =>
      ({ op: name, durationUs, inputs: [], outputs: [], attributes: {} }) as unknown as ProfiledOp;
    const ops = [
      op("_FusedMatMul", 3_000),
      op("_MklNativeConv2DBackpropFilter", 2_000),
      op("Relu", 4_000),
      op("Cast", 600),
      op("_MklNativeCast", 400),
    ];
    expect(productShare(ops)).toEqual({ products: 0.5, productsMs: 5, casts: 2, castShare: 0.1 });
    expect(productShare([])).toEqual({ products: 0, productsMs: 0, casts: 0, castShare: 0 });
  });
});

it.each([
  ["flags\t: avx512_bf16 amx_bf16\nvendor_id\t: GenuineIntel\n", "amx"],
  ["vendor_id\t: AuthenticAMD\nflags\t: avx512_bf16\n", "amd"],
  ["vendor_id\t: GenuineIntel\nflags\t: avx512_bf16\n", "intel"],
  ["Features\t: asimd bf16\n", "arm"],
])("%j is a processor of kind %s", (info, kind) => expect(processorKind(info)).toBe(kind));

it("takes steps of a network in both dtypes, and says what of them its products take", async ({ skip }) => {
  await ready();
  skip(tf.getBackend() !== "tensorflow", "no TensorFlow library here, so no profile");
  const names = MIXED_CASES.map(({ name }) => name);
  expect(new Set(names).size).toBe(8);
  const { metrics, parameters, best } = await measured("mynet", ["ours, bfloat16", "ours, float32"], "");
  expect([parameters, best]).toEqual([117_930, undefined]);
  expect(metrics.map(({ samples }) => Object.values(samples).map(({ length }) => length))).toEqual([
    [2, 2],
    ...Array.from({ length: 4 }, () => [1, 1]),
  ]);
  const share = metrics.find(({ metric }) => metric === "their share of the ops' time")!.samples["ours, float32"]![0]!;
  expect(share).toBeGreaterThan(0);
  expect(share).toBeLessThan(100);
});

it("PyTorch under autocast has the parameters of study 7's network", async ({ skip }) => {
  const python = join(ROOT, BENCH_VENV, "bin/python");
  skip(!existsSync(python), `no PyTorch in ${BENCH_VENV} (npm run bench -- mixed-precision makes it)`);
  const { parameters, best } = await measured("airbench94", ["ours, float32", AUTOCAST, AUTOCAST_LAST], python);
  expect(parameters).toBe(1_971_640);
  expect([AUTOCAST, AUTOCAST_LAST]).toContain(best);
});

it("a stored result tells which goals are missed, and nothing is made up where there is none", () => {
  const samples = (bfloat16: number[], float32: number[], autocast: number[] = []) => ({
    "ours, bfloat16": bfloat16,
    "ours, float32": float32,
    ...(autocast.length > 0 && { [AUTOCAST]: autocast, "PyTorch's autocast at its best": autocast }),
  });
  const metrics = [
    { metric: "training step", unit: "ms", samples: samples([70, 60, 80], [100, 100, 100], [80, 80, 80]) },
    { metric: "matrix products and convolutions in a step", unit: "ms", samples: samples([50], [80]) },
    { metric: "their share of the ops' time", unit: "%", samples: samples([70], [80]) },
    { metric: "casts in a step", unit: "", samples: samples([33], [2]) },
  ].map((metric) => ({ case: "mynet", ...metric }) as const) as never;
  expect(mixedGoals(metrics, "mynet")).toEqual([
    { what: "step / float32", found: 0.7, most: expect.closeTo(0.64, 9) },
    { what: "products / float32", found: 0.625, most: 0.55 },
    { what: "step / autocast", found: 0.875, most: 1 },
  ]);
  const root = mkdtempSync(join(tmpdir(), "saccade-bench-mixed-"));
  try {
    const text = "<!-- bench/mixed-precision-amd table -->\n\n?\n\n<!-- / -->\n";
    const before = fill(text, benchesNotStored(root).map(figuresNotStored)).text;
    expect(before).toContain("\nnot measured yet: `npm run bench -- mixed-precision --store`\n");
    const cases = { mynet: { batch: 100, parameters: 117_930, best: AUTOCAST } };
    const outcome = { ...MIXED_SIDES, metrics, cases, versions: {} };
    storeBench(root, "mixed-precision-amd", performance.now(), new MachineWatch(), outcome);
    const after = fill(before, storedBenches(root).map(benchFigures)).text;
    expect(after).toContain("| MyNet | 100 | 70 (60) | 100 (100) | 80 (80) | **0.70** | 0.88 | 50 / 80 = **0.63** |");
  } finally {
    rmSync(root, { recursive: true });
  }
});
