import { grouped, shownAs, sizesText, type Shown } from "../shown.js";
import { table } from "../table.js";

/** What a table says of a layer. */
export interface LayerRow {
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
export function summaryBundle({ layers, params, buffers, activationBytes }: Summarized, named = "a model"): Shown {
  const rows = layers.map((layer) => [
    layer.name,
    layer.className,
    sizesText(layer.outputShape),
    layer.params === 0 ? "" : grouped(layer.params),
  ]);
  if (rows.length > MOST_LAYERS) {
    const half = MOST_LAYERS / 2;
    rows.splice(half, rows.length - MOST_LAYERS, [`… ${rows.length - MOST_LAYERS} more`, "", "", ""]);
  }
  const kept = buffers === 0 ? "" : ` and ${grouped(buffers)} numbers that are kept, not learned`;
  const title =
    `${named}: ${grouped(params)} parameters${kept}; ` +
    `${(activationBytes / 2 ** 20).toFixed(1)} MiB of activations for one image`;
  const shown = table(["layer", "kind", "output", "parameters"], rows, title);
  return (shown as unknown as Record<symbol, () => Shown>)[Symbol.for("Jupyter.display")]!();
}
