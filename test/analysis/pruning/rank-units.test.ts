import { readFileSync } from "node:fs";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { analysis, backend, layers, models, tf } from "../../../lib/index.js";

beforeAll(backend.ready);
afterEach(() => tf.disposeVariables());

interface Case extends Readonly<Record<"l1" | "l2" | "kernel" | "shape", number[]>> {
  readonly kind: "conv" | "dense";
}
const fixture = new URL("../../fixtures/pruning/ranking.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(fixture, "utf8")) as { readonly cases: readonly Case[] };

/** A model of one layer with this kernel. */
function modelOf(kind: "conv" | "dense", kernel: tf.Tensor): tf.LayersModel {
  const [filters, from] = [kernel.shape.at(-1)!, kernel.shape.at(-2)!];
  const layer =
    kind === "conv"
      ? new layers.Conv2d({ name: "units", filters, kernelSize: 3, inputShape: [4, 4, from] })
      : new layers.Linear({ name: "units", units: filters, inputShape: [from] });
  const model = tf.sequential({ layers: [layer] });
  layer.setWeights([kernel, tf.ones([filters])]);
  return model;
}

const unitsOf = ({ units }: analysis.UnitRanking): number[] => units.map(({ unit }) => unit);

describe("rankUnits()", () => {
  it.each(cases.flatMap((each) => (["l1", "l2"] as const).map((norm) => [each.kind, norm, each] as const)))(
    "%s by %s: the order of PyTorch's ln_structured",
    (kind, norm, { kernel, shape, ...orders }) => {
      const model = modelOf(kind, tf.tensor(kernel, shape));
      expect(unitsOf(analysis.rankUnits(model, "units", { norm }))).toEqual(orders[norm]);
    },
  );

  it("gives each unit's norm without the bias, of equal ones the lower unit first", () => {
    const model = modelOf(
      "dense",
      tf.tensor2d([
        [3, 0, -1, 3],
        [-4, 0, 6, 4],
      ]),
    );
    expect(analysis.rankUnits(model, "units").units).toEqual([
      { unit: 1, norm: 0 },
      { unit: 0, norm: 7 },
      { unit: 2, norm: 7 },
      { unit: 3, norm: 7 },
    ]);
    expect(analysis.rankUnits(model, "units", { norm: "l2" }).units[1]).toEqual({ unit: 0, norm: 5 });
  });

  it("shows itself as a table of the ends, and names what has no order", () => {
    const ranking = analysis.rankUnits(models.createModel("mynet"), "conv3");
    const shown = (ranking as unknown as Record<symbol, () => Record<string, string>>)[
      Symbol.for("Jupyter.display")
    ]!();
    expect(shown["text/plain"]!.split("\n")).toHaveLength(3 + 8 + 1 + 8);
    const broken = modelOf("dense", tf.tensor2d([[1, Number.NaN]]));
    expect(() => analysis.rankUnits(broken, "units")).toThrow(
      "rankUnits: weights must be finite, got a norm of NaN at unit 1 of units",
    );
    expect(() => analysis.rankUnits(models.createModel("mynet"), "pool2")).toThrow(/pool2, of class MaxPooling2D/);
    expect(() => analysis.rankUnits(models.createModel("mynet"), "conv9")).toThrow(/got conv9; did you mean conv\d/);
  });
});
