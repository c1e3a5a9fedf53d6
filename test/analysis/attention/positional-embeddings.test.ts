import { inspect } from "node:util";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { cosineSimilarity, gridOfGrids, positionalEmbeddings } from "../../../lib/analysis/index.js";
import { ready, tf } from "../../../lib/backend/index.js";
import { createModel, registry, type ModelName } from "../../../lib/models/index.js";

beforeAll(ready);
afterEach(() => tf.disposeVariables());

describe("positionalEmbeddings()", () => {
  it("are the numbers that are added, learned ones", () => {
    const model = createModel("small_vit", { depth: 1 });
    const before = tf.memory().numTensors;
    const { layer, kind, rows, tokens } = positionalEmbeddings(model);
    expect(tf.memory().numTensors).toBe(before);
    expect([layer, kind, rows.length, rows[0]!.length]).toEqual(["position", "learnable", 65, 64]);
    expect(tokens).toMatchObject({ rows: 8, columns: 8, numPrefixTokens: 1 });
    const weight = model.getLayer("position").getWeights()[0]!.arraySync() as number[][][];
    expect(Array.from(rows[64]!)).toEqual(weight[0]![64]);
    rows[0]!.fill(7); // a copy: the model keeps its own
    expect((model.getLayer("position").getWeights()[0]!.arraySync() as number[][][])[0]![0]).toEqual(weight[0]![0]);
  });

  it("are the waves of sines and cosines, by hand", () => {
    const { kind, rows } = positionalEmbeddings(createModel("myvit_a", { depth: 1 }));
    expect([kind, rows.length, rows[0]!.length]).toEqual(["sine", 65, 96]);
    expect(rows[3]![0]).toBeCloseTo(Math.sin(3), 6);
    expect(rows[3]![5]).toBeCloseTo(Math.cos(3 / 10000 ** (4 / 96)), 6);
  });

  it("are found in each of the registry's transformers", () => {
    const names = (Object.keys(registry) as ModelName[]).filter((name) =>
      ["vit", "cct", "cvt", "vit_lite", "small_vit", "myvit"].includes(registry[name].family),
    );
    expect(names.length).toBeGreaterThan(20);
    for (const family of new Set(names.map((name) => registry[name].family))) {
      const name = names.find((each) => registry[each].family === family)!;
      const model = createModel(name, { embedDim: 8, numHeads: 2, depth: 1 });
      expect(positionalEmbeddings(model).rows[0]!.length).toBe(8);
    }
  });

  it("are asked for by name where a model has two, and refused where it has none", () => {
    const tiny = { depth: 1, embedDim: 8, hiddenDim: 8, numHeads: 2 };
    const [one, other] = [
      createModel("small_vit", tiny),
      createModel("myvit_a", { depth: 1, numHeads: 2, embedDim: 8 }),
    ];
    const image = tf.input({ shape: [32, 32, 3] });
    const both = [one, other].map((each) => each.apply(image) as tf.SymbolicTensor);
    const model = tf.model({ inputs: image, outputs: tf.layers.add().apply(both) as tf.SymbolicTensor });
    const names = [`${one.name}/position`, `${other.name}/position`];
    expect(() => positionalEmbeddings(model)).toThrow(
      `positionalEmbeddings: layer must be one of ${names.join(", ")}, got none`,
    );
    expect(names.map((name) => positionalEmbeddings(model, name).kind)).toEqual(["learnable", "sine"]);
    expect(() => positionalEmbeddings(model, "position")).toThrow(/must be one of .*, got position/);
    expect(() => positionalEmbeddings(createModel("mynet"))).toThrow(
      /^positionalEmbeddings: model must have a positional embedding, got \w+ with none$/,
    );
  });
});

describe("cosineSimilarity()", () => {
  it("is a·b / (|a|·|b|), by hand", () => {
    const similarity = cosineSimilarity([
      [3, 4],
      [4, 3],
      [-6, -8],
      [0, 0],
    ]);
    expect(similarity.map((row) => [...row].map((value) => Number(value.toFixed(10))))).toEqual([
      [1, 0.96, -1, NaN],
      [0.96, 1, -0.96, NaN],
      [-1, -0.96, 1, NaN],
      [NaN, NaN, NaN, NaN],
    ]);
  });

  it("falls with distance for waves of sines and cosines", () => {
    const { rows } = positionalEmbeddings(createModel("myvit_a", { depth: 1 }));
    const [first] = cosineSimilarity(rows);
    expect(first![1]!).toBeGreaterThan(first![2]!);
    expect(first![2]!).toBeGreaterThan(first![4]!);
  });

  it("shows its size and its ends", () => {
    const similarity = cosineSimilarity([
      [3, 4],
      [4, 3],
      [-6, -8],
    ]);
    expect(inspect(similarity)).toBe("3 × 3 cosine similarities of each two, -1.00 to 1.00");
    const maps = gridOfGrids(similarity, { rows: 1, columns: 3, numPrefixTokens: 0 });
    expect(inspect(maps)).toBe("1 × 11 cells of 1 × 3 maps, -1.00 to 1.00");
  });

  it("refuses rows of unlike lengths", () => {
    // longer rows than a call takes arguments, and what embed gives
    const long = Array.from({ length: 2 }, (_, i) => new Float32Array(200_000).fill(1 - 2 * i));
    expect(cosineSimilarity(long)[0]![1]).toBeCloseTo(-1, 12);
    const [first] = cosineSimilarity({ shape: [2, 3], values: Float32Array.of(1, 0, 0, 1, 1, 0) });
    expect(first![1]).toBeCloseTo(Math.SQRT1_2, 12);
    expect(() => cosineSimilarity([[1, 2], [1]])).toThrow("cosineSimilarity: rows must be of one length, got 2 and 1");
  });
});

describe("gridOfGrids()", () => {
  it("lays each token's map at the token's place, a gap between two", () => {
    // A class token and a grid of 2 × 2; entry [i, j] is 10·i + j.
    const matrix = Array.from({ length: 5 }, (_, i) => Array.from({ length: 5 }, (__, j) => 10 * i + j));
    const found = gridOfGrids(matrix, { rows: 2, columns: 2, numPrefixTokens: 1 });
    expect(found.map((row) => [...row])).toEqual([
      [11, 12, NaN, 21, 22],
      [13, 14, NaN, 23, 24],
      [NaN, NaN, NaN, NaN, NaN],
      [31, 32, NaN, 41, 42],
      [33, 34, NaN, 43, 44],
    ]);
  });

  it("refuses places that do not fit", () => {
    const { rows, tokens } = positionalEmbeddings(createModel("small_vit_image_rows"));
    expect(() => gridOfGrids(cosineSimilarity(rows), tokens!)).toThrow(
      "gridOfGrids: places must be of patches, got tokens that are stretches of the image's rows",
    );
    expect(() => gridOfGrids([[1]], { rows: 2, columns: 2, numPrefixTokens: 1 })).toThrow(
      "gridOfGrids: matrix must be 5 × 5, as places has 2 × 2 and 1 more, got 1 × 1",
    );
  });
});
