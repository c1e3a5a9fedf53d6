/** `npm run models`: the registry as a table. */
import { countMacs, summary } from "../analysis/index.js";
import type { tf } from "../backend/index.js";
import { ALIASES, FAMILIES, listModels, outline, registry, type Family, type ModelName } from "../models/index.js";
import { alignColumns } from "./models/columns.js";
import { commandOf, readCommandLine } from "./command-line.js";

/** One model, as `--json` prints it. */
export interface ModelLine {
  readonly name: string;
  /** Its short names. */
  readonly aliases: readonly string[];
  readonly family: Family;
  readonly inputShape: readonly number[];
  readonly numClasses: number;
  /** Numbers that training learns: what PyTorch's `parameters()` counts. */
  readonly params: number;
  /**
   * What the program torchsummary counts: no bare parameters (class token, positional embedding), and for the vit
   * family, whose reference takes `nn.MultiheadAttention`, 0 for attention.
   */
  readonly paramsTorchsummary: number;
  /** Numbers that are kept and not learned: moving statistics of batch norm, waves of positions. PyTorch's buffers. */
  readonly buffers: number;
  /** The count of parameters that the source prints; null where it prints none. */
  readonly published: { readonly figure: string; readonly convention: string } | null;
  /** Multiply-adds of one image's forward pass, attention's products included; FLOPs are twice that. */
  readonly macs: number;
  readonly flops: number;
  readonly source: string;
  /** The defaults over which `createModel` lays its overrides. */
  readonly config: object;
}

const USAGE = {
  command: "models",
  does: "Lists the models: parameters, torchsummary's count, the published figure, FLOPs, source.",
  words: "[PATTERN]",
  options: {
    family: { value: "FAMILY", does: `only those of one family: ${FAMILIES.join(", ")}` },
    json: { does: "prints JSON" },
  },
  more: 'PATTERN: names with * for any text, quoted: "vit*"; or a part of a name.',
} as const;

export const run = commandOf(USAGE, read, ({ family, pattern, json }) => {
  const lines = modelLines(family, pattern);
  if (json) {
    console.log(JSON.stringify(lines, null, 2));
    return 0;
  }
  const columns = [
    "model",
    "image",
    "classes",
    "parameters",
    "torchsummary",
    "published",
    "GFLOPs",
    "source",
    "also called",
  ];
  console.log(
    alignColumns(
      [columns, ...lines.map(cells)],
      ["left", "left", "right", "right", "right", "left", "right", "left", "left"],
    ),
  );
  console.log(
    `\n${lines.length} models. FLOPs: a multiply-add is two; one image, forward. "*": counted as ` +
      "torchsummary does, the others are all parameters.",
  );
  return 0;
});

function read(args: readonly string[]): {
  readonly family: Family | undefined;
  readonly pattern: string | undefined;
  readonly json: boolean;
} {
  const { values, words } = readCommandLine(USAGE, args);
  const { family, json } = values;
  const [pattern] = words;
  if (words.length > 1)
    throw new RangeError(`models: one pattern at a time, in quotes where it has a *, got ${words.join(", ")}`);
  if (pattern !== undefined && listModels(pattern).length === 0)
    throw new RangeError(`models: a pattern must name a model, got ${JSON.stringify(pattern)}`);
  const known = FAMILIES.find((one) => one === family);
  if (family !== undefined && known === undefined)
    throw new RangeError(`models: --family must be one of ${FAMILIES.join(", ")}, got ${JSON.stringify(family)}`);
  return { family: known, pattern, json: json === true };
}

/** The registry's rows, or one family's, or those that a pattern of `listModels` names; in the registry's order. */
export function modelLines(family?: Family, pattern?: string): readonly ModelLine[] {
  const listed = new Set(listModels(pattern));
  const names = (Object.keys(registry) as ModelName[]).filter(
    (name) => listed.has(name) && (family === undefined || registry[name].family === family),
  );
  return names.map((name) => {
    const { family, config, published, source } = registry[name];
    const { inputShape, numClasses } = config;
    const aliases = Object.entries(ALIASES)
      .filter(([, stands]) => stands === name)
      .map(([alias]) => alias);
    const counts = outline(name, {}, (model) => countsOf(model, family));
    return { name, aliases, family, inputShape, numClasses, published, source, config, ...counts };
  });
}

type Counts = Pick<ModelLine, "params" | "paramsTorchsummary" | "buffers" | "macs" | "flops">;

/** Layers whose weights belong to no module of their own in PyTorch. */
const BARE = ["ClassToken", "PositionalEmbedding", "SinusoidalEmbedding"];

function countsOf(model: tf.LayersModel, family: Family): Counts {
  const { layers, params, buffers } = summary(model);
  const skipped = family === "vit" ? [...BARE, "MultiHeadSelfAttention"] : BARE;
  const bare = layers.filter(({ className }) => skipped.includes(className));
  const paramsTorchsummary = params - bare.reduce((sum, layer) => sum + layer.params, 0);
  const macs = countMacs(model).total;
  return { params, paramsTorchsummary, buffers, macs, flops: 2 * macs };
}

function cells(line: ModelLine): string[] {
  const { name, aliases, inputShape, numClasses, params, paramsTorchsummary, published, flops, source } = line;
  const convention = published?.convention === "as torchsummary counts" ? "*" : "";
  return [
    name,
    inputShape.join("×"),
    numClasses.toLocaleString("en"),
    params.toLocaleString("en"),
    paramsTorchsummary.toLocaleString("en"),
    published === null ? "–" : `${published.figure}${convention}`,
    (flops / 1e9).toFixed(3),
    source,
    aliases.join(", "),
  ];
}
