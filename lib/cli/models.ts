/** `npm run models`: the registry as a table. */
import { countMacs } from "../analysis/index.js";
import { ALIASES, FAMILIES, outline, registry, type Family, type ModelName } from "../models/index.js";
import { alignColumns } from "./models/columns.js";
import { commandOf, readCommandLine } from "./command-line.js";

/** One model, as `--json` prints it. */
export interface ModelLine {
  readonly name: string;
  /** What timm and torchvision call it. */
  readonly aliases: readonly string[];
  readonly family: Family;
  readonly inputShape: readonly number[];
  readonly numClasses: number;
  readonly params: number;
  readonly paramsTorchsummary: number;
  readonly buffers: number;
  readonly published: { readonly figure: string; readonly convention: string; readonly numClasses: number } | null;
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
  options: {
    family: { value: "FAMILY", does: `only those of one family: ${FAMILIES.join(", ")}` },
    json: { does: "prints JSON" },
  },
} as const;

export const run = commandOf(USAGE, read, ({ family, json }) => {
  const lines = modelLines(family);
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

function read(args: readonly string[]): { readonly family: Family | undefined; readonly json: boolean } {
  const { family, json } = readCommandLine(USAGE, args).values;
  const known = FAMILIES.find((one) => one === family);
  if (family !== undefined && known === undefined)
    throw new RangeError(`models: --family must be one of ${FAMILIES.join(", ")}, got ${JSON.stringify(family)}`);
  return { family: known, json: json === true };
}

/** The registry's rows, or one family's, in the registry's order. */
export function modelLines(family?: Family): readonly ModelLine[] {
  const names = (Object.keys(registry) as ModelName[]).filter(
    (name) => family === undefined || registry[name].family === family,
  );
  return names.map((name) => {
    const { family, config, params, paramsTorchsummary, buffers, published, source, inputShape } = registry[name];
    const macs = outline(name, {}, (model) => countMacs(model).total);
    const aliases = Object.entries(ALIASES)
      .filter(([, stands]) => stands === name)
      .map(([alias]) => alias);
    return {
      name,
      aliases,
      family,
      inputShape,
      numClasses: config.numClasses,
      params,
      paramsTorchsummary,
      buffers,
      published,
      macs,
      flops: 2 * macs,
      source,
      config,
    };
  });
}

function cells({
  name,
  aliases,
  inputShape,
  numClasses,
  params,
  paramsTorchsummary,
  published,
  flops,
  source,
}: ModelLine): string[] {
  const convention = published?.convention === "as torchsummary counts" ? "*" : "";
  const classes =
    published && published.numClasses !== numClasses ? ` at ${published.numClasses.toLocaleString("en")} classes` : "";
  return [
    name,
    inputShape.join("×"),
    String(numClasses),
    params.toLocaleString("en"),
    paramsTorchsummary.toLocaleString("en"),
    published === null ? "–" : `${published.figure}${convention}${classes}`,
    (flops / 1e9).toFixed(3),
    source,
    aliases.join(", "),
  ];
}
