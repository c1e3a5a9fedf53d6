import { describe, expect, it } from "vitest";
import { architecture } from "../../lib/plots/index.js";
import { foldRepeats } from "../../lib/plots/architecture/fold-repeats.js";
import { placeBoxes } from "../../lib/plots/architecture/place-boxes.js";
import { residual } from "./browser/profile-figures.js";

describe("foldRepeats()", () => {
  it("draws five blocks alike once, with their residual connection", () => {
    const { rows, repeats } = foldRepeats(residual(5));
    expect(rows.map(({ layer }) => layer.name)).toEqual([
      ...["image", "stem", "block1/conv1", "block1/conv2", "block1/add", "pool", "head"],
    ]);
    expect(repeats).toEqual([{ first: 2, last: 4, times: 5 }]);
    expect(rows.map(({ from }) => from)).toEqual([[], [0], [1], [2], [3, 1], [4], [5]]);
  });

  it("does not take branches side by side for a repetition, nor blocks that reach back into one another", () => {
    const layer = (inputs: number[]) => ({ name: "a", className: "Dense", outputShape: [4], params: 20, inputs });
    expect(foldRepeats([layer([]), layer([0]), layer([0]), layer([1, 2])]).repeats).toEqual([]);
    // each takes from the two before it: no one of them is a block of its own
    expect(foldRepeats([layer([]), layer([0]), layer([1, 0]), layer([2, 1]), layer([3, 2])]).repeats).toEqual([]);
  });

  it("tells blocks of another width apart", () => {
    const wide = residual(4).map((layer, i) => (i > 7 ? { ...layer, params: 2 * layer.params } : layer));
    expect(foldRepeats(wide).repeats.map(({ times }) => times)).toEqual([2, 2]);
  });
});

describe("placeBoxes()", () => {
  const rowsOf = (count: number) => residual(count).map((layer) => ({ layer, from: layer.inputs }));

  it("lets a long model go on in the next columns, boxes apart, none cut by a residual connection", () => {
    const rows = rowsOf(20);
    const boxes = placeBoxes(rows, [], { width: 660, most: 3, left: 0, top: 0 });
    expect(new Set(boxes.map(({ column }) => column))).toEqual(new Set([0, 1, 2]));
    for (const [i, box] of boxes.entries()) {
      const next = boxes[i + 1];
      if (next?.column === box.column) expect(next.top).toBeGreaterThan(box.top + box.height);
      for (const source of rows[i]!.from) if (source < i - 1) expect(boxes[source + 1]!.column).toBe(box.column);
    }
  });

  it("keeps a short one in one", () => {
    const boxes = placeBoxes(rowsOf(2), [], { width: 660, most: 3, left: 0, top: 0 });
    expect(new Set(boxes.map(({ column }) => column))).toEqual(new Set([0]));
  });
});

describe("architecture()", () => {
  it("writes layers, what repeats and what goes around", () => {
    const text = String(architecture({ title: "t", models: [{ name: "net", layers: residual(3) }] }));
    expect(text.split("\n")).toEqual([
      "t",
      "net",
      "  image: InputLayer, 32 × 32 × 64",
      "  stem: Conv2d, 32 × 32 × 64, 1,792 par.",
      "  ┌ × 3",
      "  │ block1/conv1: Conv2d, 32 × 32 × 64, 36,928 par.",
      "  │ block1/conv2: Conv2d, 32 × 32 × 64, 36,928 par.",
      "  │ block1/add: Add, 32 × 32 × 64, and from stem",
      "  └",
      "  pool: GlobalAveragePooling2D, 32 × 32 × 64",
      "  head: Linear, 32 × 32 × 64, 650 par.",
    ]);
  });

  it("stays small: a hundred blocks that all differ", () => {
    const layers = residual(100).map((layer, i) => ({ ...layer, params: layer.params && layer.params + i }));
    const made = architecture({ title: "t", models: [{ name: "net", layers }] });
    expect(JSON.stringify([made.data, made.layout]).length).toBeLessThan(150_000);
  });

  it("refuses a layer that takes from one that is not before it", () => {
    const layers = [{ name: "a", className: "Dense", outputShape: [4], params: 1, inputs: [0] }];
    expect(() => architecture({ title: "t", models: [{ name: "net", layers }] })).toThrow(
      'architecture: inputs must be places of layers before, got 0 in layer 0, a, of "net"',
    );
  });
});
