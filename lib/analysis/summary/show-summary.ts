import { DISPLAY, grouped, shownAs, sizesText, type MimeBundle } from "../../shown.js";
import { table } from "../../table.js";

/** What a table says of a layer. */
interface LayerRow {
  readonly name: string;
  readonly className: string;
  readonly outputShape: readonly number[];
  readonly params: number;
}

/** What a table says of a model. */
export interface Summarized {
  readonly layers: readonly LayerRow[];
  readonly params: number;
  readonly buffers: number;
  readonly activationBytes: number;
}

/** Layers of a table at most; of more, the first and the last ones. */
const MOST_LAYERS = 60;

/** The same summary; a notebook shows it as a table of the layers. */
export function asSummary<Summary extends Summarized>(summary: Summary): Summary {
  return shownAs(summary, (shown) => summaryBundle(shown));
}

/** The table, above it what the model holds in all. */
export function summaryBundle({ layers, params, buffers, activationBytes }: Summarized, named = "a model"): MimeBundle {
  const rows = layers.map((layer) => [
    layer.name,
    layer.className,
    sizesText(layer.outputShape),
    layer.params === 0 ? "" : grouped(layer.params),
  ]);
  const kept = buffers === 0 ? "" : ` and ${grouped(buffers)} numbers that are kept, not learned`;
  const title =
    `${named}: ${grouped(params)} parameters${kept}; ` +
    `${(activationBytes / 2 ** 20).toFixed(1)} MiB of activations for one image`;
  return tableBundle(["layer", "kind", "output", "parameters"], rows, title);
}

/** What torchsummary says of a model, and what is so. */
interface TorchTable {
  readonly rows: readonly {
    readonly type: string;
    readonly outputShapes: readonly (readonly number[])[];
    readonly params: number;
  }[];
  readonly params: number;
  readonly trueParams: number;
  readonly inputMb: number;
  readonly forwardBackwardMb: number;
  readonly correctedForwardBackwardMb: number;
  readonly paramsMb: number;
  readonly totalMb: number;
}

/** The same; a notebook shows it as torchsummary's table. */
export function asTorchSummary<Summary extends TorchTable>(summary: Summary): Summary {
  return shownAs(summary, ({ rows, ...of }) => {
    const shape = (sizes: readonly number[]): string => `[${[-1, ...sizes].join(", ")}]`;
    const cells = rows.map(({ type, outputShapes, params }, i) => [
      `${type}-${i + 1}`,
      outputShapes.length === 1 ? shape(outputShapes[0]!) : `[${outputShapes.map(shape).join(", ")}]`,
      grouped(params),
    ]);
    const all = of.trueParams === of.params ? "" : ` (${grouped(of.trueParams)} in truth)`;
    const added =
      of.forwardBackwardMb === of.correctedForwardBackwardMb
        ? ""
        : ` (${of.correctedForwardBackwardMb.toFixed(2)} where two outputs are added, not multiplied)`;
    const title =
      `Total params: ${grouped(of.params)}${all}; MB: input ${of.inputMb.toFixed(2)}, forward/backward ` +
      `${of.forwardBackwardMb.toFixed(2)}${added}, params ${of.paramsMb.toFixed(2)}, total ${of.totalMb.toFixed(2)}`;
    return tableBundle(["Layer (type)", "Output Shape", "Param #"], cells, title);
  });
}

/** What a model costs, and its layers that cost anything. */
export interface Macs {
  readonly total: number;
  readonly weights: number;
  readonly layers: readonly {
    readonly name: string;
    readonly className: string;
    readonly weights: number;
    readonly activations: number;
  }[];
}

/** The same counts; a notebook shows them as a table of the layers that multiply. */
export function asMacs<Counts extends Macs>(counts: Counts): Counts {
  return shownAs(counts, ({ total, weights, layers }) => {
    const rows = layers
      .filter((layer) => layer.weights + layer.activations > 0)
      .map((layer) => [layer.name, layer.className, grouped(layer.weights), grouped(layer.activations)]);
    const title =
      total === weights
        ? `${grouped(total)} multiply-adds for one image, all of convolutions and linear layers`
        : `${grouped(total)} multiply-adds for one image, attention's products included; ` +
          `${grouped(weights)} of convolutions and linear layers alone`;
    return tableBundle(["layer", "kind", "with weights", "of activations"], rows, title);
  });
}

/** The first and the last rows of many. */
function shortened(rows: readonly string[][]): readonly string[][] {
  if (rows.length <= MOST_LAYERS) return rows;
  const half = MOST_LAYERS / 2;
  const between = rows[0]!.map((_, i) => (i === 0 ? `… ${rows.length - MOST_LAYERS} more` : ""));
  return [...rows.slice(0, half), between, ...rows.slice(-half)];
}

/** A table of rows, of which the first and last are shown where there are many. */
export function tableBundle(columns: readonly string[], rows: readonly string[][], title?: string): MimeBundle {
  return table(columns, shortened(rows), title)[DISPLAY]();
}
