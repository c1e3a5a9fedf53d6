/** `npm run summary -- NAME`: one model's layers, parameters and sizes. */
import {
  countMacs,
  summary as summarize,
  torchsummary,
  type LayerMacs,
  type ModelSummary,
  type TorchSummary,
} from "../analysis/index.js";
import type { tf } from "../backend/index.js";
import { calledAs } from "../checks.js";
import { typed } from "../files/own-folder.js";
import { outline, registry, type ModelName } from "../models/index.js";
import { findModel } from "../models/registry.js";
import { alignColumns } from "./models/columns.js";
import { parseSettings } from "./models/settings.js";
import { commandOf, readCommandLine } from "./command-line.js";

const USAGE = {
  command: "summary",
  does: "One model's layers, parameters and sizes, torchsummary's beside the true ones.",
  words: "NAME",
  options: {
    set: {
      value: "key=value",
      multiple: true,
      does: 'a setting other than the model\'s own: --set numClasses=100, --set "inputShape=[32,32,3]"',
    },
    torchsummary: { does: "prints the table that torchsummary prints" },
    json: { does: "prints JSON" },
  },
  more: `\`${typed("models")}\` lists the names.`,
} as const;
const MB = 1024 ** 2;

interface Summary extends ModelSummary {
  readonly name: string;
  readonly macs: readonly LayerMacs[];
  readonly totalMacs: number;
  /** Of convolutions and linear layers alone. */
  readonly weightMacs: number;
  readonly torchsummary: TorchSummary | null;
}

export const run = commandOf(USAGE, read, ({ name, overrides, values }) => {
  try {
    const summary = summaryOf(name, overrides);
    if (values.json) console.log(JSON.stringify(summary, null, 2));
    else if (values.torchsummary) printTorch(summary);
    else printOurs(summary);
    return 0;
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    console.error(error.message);
    return 2;
  }
});

/**
 * @throws RangeError for an unknown model, option or value
 */
export function summaryOf(name: ModelName, overrides: object): Summary {
  const measure = (model: tf.LayersModel): Summary => {
    const { layers, total, weights } = countMacs(model);
    return {
      name,
      ...summarize(model),
      macs: layers,
      totalMacs: total,
      weightMacs: weights,
      torchsummary: torchsummary(model, registry[name].family),
    };
  };
  return calledAs("summary", () => outline(name, overrides, measure));
}

function read(args: readonly string[]): {
  readonly name: ModelName;
  readonly overrides: object;
  readonly values: { readonly json?: boolean; readonly torchsummary?: boolean };
} {
  const { values, words } = readCommandLine(USAGE, args);
  const [name, ...more] = words;
  if (name === undefined)
    throw new RangeError(`summary: a model's name must be given; the known ones: ${Object.keys(registry).join(", ")}`);
  if (more.length > 0) throw new RangeError(`summary: one name at a time, got ${words.join(", ")}`);
  return { name: findModel("summary", name).name as ModelName, overrides: parseSettings(values.set ?? []), values };
}

function printOurs(summary: Summary): void {
  const rows = summary.layers.map(({ name, className, outputShape, params, buffers, activationBytes }, i) => [
    name,
    className,
    `[${["B", ...outputShape].join(", ")}]`,
    count(params),
    buffers === 0 ? "" : count(buffers),
    mb(activationBytes),
    count(summary.macs[i]!.weights + summary.macs[i]!.activations),
  ]);
  console.log(
    alignColumns(
      [["layer", "class", "output", "parameters", "buffers", "MB", "multiply-adds"], ...rows],
      ["left", "left", "left", "right", "right", "right", "right"],
    ),
  );
  printSizes(summary);
}

function printTorch(summary: Summary): void {
  if (summary.torchsummary === null) {
    throw new RangeError(
      `summary: --torchsummary is for families whose program's modules are known, got ${summary.name} of ` +
        `${registry[summary.name as ModelName].family}`,
    );
  }
  const shape = (sizes: readonly number[]): string => `[${[-1, ...sizes].join(", ")}]`;
  const rows = summary.torchsummary.rows.map(({ type, outputShapes, params }, i) => [
    `${type}-${i + 1}`,
    outputShapes.length === 1 ? shape(outputShapes[0]!) : `[${outputShapes.map(shape).join(", ")}]`,
    count(params),
  ]);
  console.log(alignColumns([["Layer (type)", "Output Shape", "Param #"], ...rows], ["left", "left", "right"]));
  printSizes(summary);
}

/** What is so beside what torchsummary says. */
function printSizes({
  params,
  buffers,
  inputBytes,
  activationBytes,
  paramBytes,
  totalMacs,
  weightMacs,
  torchsummary: theirs,
}: Summary): void {
  const both = (label: string, ours: string, other: string | undefined): string[] => [label, ours, other ?? "–"];
  const total = inputBytes + 2 * activationBytes + paramBytes;
  console.log(
    `\n${alignColumns(
      [
        ["", "true", "torchsummary"],
        both("parameters", count(params), theirs ? count(theirs.params) : undefined),
        both("buffers (not learned)", count(buffers), undefined),
        both("input (MB)", mb(inputBytes), theirs?.inputMb.toFixed(2)),
        both("forward/backward (MB)", mb(2 * activationBytes), theirs?.forwardBackwardMb.toFixed(2)),
        ...(theirs && theirs.forwardBackwardMb !== theirs.correctedForwardBackwardMb
          ? [both("  two outputs added, not multiplied", "", theirs.correctedForwardBackwardMb.toFixed(2))]
          : []),
        both("parameters (MB)", mb(paramBytes), theirs?.paramsMb.toFixed(2)),
        both("total (MB)", mb(total), theirs?.totalMb.toFixed(2)),
        both("multiply-adds", count(totalMacs), undefined),
        both("  of convolutions and linear layers", count(weightMacs), undefined),
      ],
      ["left", "right", "right"],
    )}`,
  );
  console.log(`
One image, float32, 1 MB = 1024² bytes. True: what this library's layers compute, once forward and once as gradients;
all that is learned counts. torchsummary: the outputs of the reference program's modules, twice; parameters of no
module of their own (class token, positions, nn.MultiheadAttention) do not count. Multiply-adds: attention's products
included, and without them, as many published counts are; FLOPs are one or two for each, by who counts.`);
}

function count(value: number): string {
  return value.toLocaleString("en");
}

function mb(bytes: number): string {
  return (bytes / MB).toFixed(2);
}
