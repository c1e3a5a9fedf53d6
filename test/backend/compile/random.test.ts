import { spawnSync } from "node:child_process";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { compile, ops, tf } from "../../../lib/backend/index.js";

type Tensor = import("@tensorflow/tfjs").Tensor;

/** The results of `calls` calls of a new compiled function. */
async function draws(fn: () => Tensor, options: Parameters<typeof compile>[1], calls = 3): Promise<number[][]> {
  const compiled = compile(fn, options);
  const results: number[][] = [];
  for (let i = 0; i < calls; i++) {
    const tensor = await compiled();
    results.push([...tensor.dataSync()]);
    tensor.dispose();
  }
  compiled.dispose();
  return results;
}

const FUNCTIONS: [string, () => Tensor][] = [
  ["randomUniform", () => tf.randomUniform([16])],
  ["randomUniform of int32", () => tf.randomUniform([16], -1000, 1000, "int32")],
  ["randomUniformInt", () => tf.randomUniformInt([16], -1000, 1000)],
  ["randomNormal", () => tf.randomNormal([16], 5, 2)],
  ["randomStandardNormal", () => tf.randomStandardNormal([16])],
  ["truncatedNormal", () => tf.truncatedNormal([16])],
  ["randomGamma", () => tf.randomGamma([16], 2, 3)],
  ["randomGamma of int32", () => tf.randomGamma([16], 200, 1, "int32", 5)],
  ["multinomial", () => tf.multinomial(tf.zeros([2, 50]) as import("@tensorflow/tfjs").Tensor2D, 16, 5)],
  [
    "multinomial of probabilities",
    () => tf.multinomial(tf.fill([50], 1 / 50) as import("@tensorflow/tfjs").Tensor1D, 16, undefined, true),
  ],
  ["ops.permutation", () => ops.permutation(50)],
  ["dropout", () => tf.dropout(tf.ones([64]), 0.5)],
  ["tf.layers.dropout", () => tf.layers.dropout({ rate: 0.5 }).apply(tf.ones([8, 8]), { training: true }) as Tensor],
  [
    "tf.layers.gaussianNoise",
    () => tf.layers.gaussianNoise({ stddev: 1 }).apply(tf.ones([4, 4]), { training: true }) as Tensor,
  ],
];

describe("random numbers inside a compiled function", () => {
  it.each(FUNCTIONS)(
    "%s draws anew in every call, the same for the same seed, and otherwise for another",
    async (_, fn) => {
      const first = await draws(fn, { seed: 1 });
      expect(new Set(first.map(String)).size).toBe(3);
      expect(await draws(fn, { seed: 1 })).toEqual(first);
      expect(await draws(fn, { seed: 2 })).not.toEqual(first);
    },
  );

  it.each(FUNCTIONS)("%s draws the same with debug", async (_, fn) => {
    expect(await draws(fn, { seed: 1, debug: true })).toEqual(await draws(fn, { seed: 1 }));
  });

  it("two draws of one call differ", async () => {
    const [both] = await draws(() => tf.stack([tf.randomUniform([8]), tf.randomUniform([8])]), { seed: 1 }, 1);
    expect(both!.slice(0, 8)).not.toEqual(both!.slice(8));
  });

  it("goes on with firstCall where another of the same seed had got to", async () => {
    const fn = () => tf.randomUniform([8]);
    const all = await draws(fn, { seed: 1 }, 3);
    expect(await draws(fn, { seed: 1, firstCall: 2 }, 1)).toEqual(all.slice(2));
    expect(() => compile(fn, { firstCall: -1 })).toThrow(
      "compile: firstCall must be a whole number from 0 to below 2147483648, got firstCall=-1",
    );
  });

  it("without a seed two functions differ", async () => {
    const fn = () => tf.randomUniform([8]);
    expect(await draws(fn, {})).not.toEqual(await draws(fn, {}));
  });

  // Of n draws the mean's standard error is s/√n; the bounds are five of them, so that one seed in millions fails.
  it("have the mean and the spread that they should", async () => {
    const n = 40_000;
    const bound = 5 / Math.sqrt(n);
    const stats = async (fn: () => Tensor) => {
      const [values] = await draws(fn, { seed: 7 }, 1);
      const mean = values!.reduce((sum, value) => sum + value, 0) / n;
      const deviation = Math.sqrt(values!.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n);
      return { mean, deviation, min: Math.min(...values!), max: Math.max(...values!) };
    };
    const uniform = await stats(() => tf.randomUniform([n], -1, 3));
    expect(Math.abs(uniform.mean - 1)).toBeLessThan(bound * 1.2); // deviation 4/√12
    expect(uniform.min).toBeGreaterThanOrEqual(-1);
    expect(uniform.max).toBeLessThan(3);
    const normal = await stats(() => tf.randomNormal([n], 5, 2));
    expect(Math.abs(normal.mean - 5)).toBeLessThan(bound * 2);
    expect(Math.abs(normal.deviation - 2)).toBeLessThan(bound * 2);
    const truncated = await stats(() => tf.truncatedNormal([n], 0, 1));
    expect(Math.max(-truncated.min, truncated.max)).toBeLessThanOrEqual(2);
    const gamma = await stats(() => tf.randomGamma([n], 4, 2)); // mean α/β, deviation √α/β
    expect(Math.abs(gamma.mean - 2)).toBeLessThan(bound);
    expect(Math.abs(gamma.deviation - 1)).toBeLessThan(bound * 2); // the spread of the spread, of a skewed distribution
    expect(gamma.min).toBeGreaterThan(0);
    const dropped = await stats(() => tf.dropout(tf.ones([n]), 0.25));
    expect(Math.abs(dropped.mean - 1)).toBeLessThan(bound); // kept values are scaled by 1/0.75
    expect([dropped.min, dropped.max]).toEqual([0, Math.fround(1 / Math.fround(0.75))]);
  });

  it(
    "multinomial() draws each outcome as often as its probability says, from logits and from " + "probabilities",
    async () => {
      const n = 20_000;
      const wanted = [0.1, 0.6, 0.3];
      const shares = (values: number[]) =>
        wanted.map((_, k) => values.filter((value) => value === k).length / values.length);
      const [logits] = await draws(
        () => tf.multinomial(tf.tensor2d([wanted.map((p) => Math.log(p) + 3)]), n),
        { seed: 7 },
        1,
      );
      const [probabilities] = await draws(
        () => tf.multinomial(tf.tensor1d(wanted), n, undefined, true),
        { seed: 7 },
        1,
      );
      for (const values of [logits!, probabilities!]) {
        for (const [k, share] of shares(values).entries())
          expect(Math.abs(share - wanted[k]!)).toBeLessThan(5 * Math.sqrt(0.25 / n));
      }
      await expect(draws(() => tf.multinomial(tf.ones([2, 2, 2]) as never, 1), {}, 1)).rejects.toThrow(
        "multinomial: logits must be [K] or [B, K], got [2, 2, 2]",
      );
    },
  );

  it("ops.permutation() gives every number once, eager too", async () => {
    const sorted = (values: Iterable<number>) => [...values].sort((a, b) => a - b);
    const all = Array.from({ length: 200 }, (_, i) => i);
    const eager = ops.permutation(200);
    expect(sorted(eager.dataSync())).toEqual(all);
    const [first, second] = await draws(() => ops.permutation(200), { seed: 1 }, 2);
    expect([sorted(first!), sorted(second!)]).toEqual([all, all]);
    expect(first).not.toEqual(all);
    eager.dispose();
  });

  it("outside of compiled functions tfjs draws as it does", () => {
    const [a, b] = [tf.randomUniform([4], 0, 1, "float32", 5), tf.randomUniform([4], 0, 1, "float32", 5)];
    expect(a.arraySync()).toEqual(b.arraySync());
    tf.dispose([a, b]);
  });
});

describe("compile() on the fallback backend", () => {
  it("calls the function: variables, random numbers and results are as they should be", () => {
    const library = pathToFileURL(new URL("../../../dist/lib/index.js", import.meta.url).pathname).href;
    const program = `
      import { tf, backend } from ${JSON.stringify(library)};
      const count = tf.variable(tf.scalar(0));
      const drop = (x) => { count.assign(count.add(1)); return tf.dropout(x, 0.5); };
      const make = () => backend.compile(drop, { seed: 3 });
      const run = async () => {
        const [step, out] = [make(), []];
        for (let i = 0; i < 2; i++) out.push(Array.from((await step(tf.ones([32]))).dataSync()).join(""));
        return out;
      };
      const [a, b] = [await run(), await run()];
      console.log(tf.getBackend(), count.dataSync()[0], a[0] !== a[1], a.join() === b.join());`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", program], {
      encoding: "utf8",
      env: { ...process.env, SACCADE_BACKEND: "wasm" },
    });
    expect(stdout).toBe("wasm 4 true true\n");
  });
});
