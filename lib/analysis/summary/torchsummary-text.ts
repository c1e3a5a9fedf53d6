import { aList, checkArguments, withFields } from "../../checks.js";
import { grouped } from "../../shown.js";
import type { TorchRow } from "./torch-modules.js";
import type { TorchSummary } from "./torchsummary.js";

const aSummary = withFields("what torchsummary gives", { rows: aList }, "rows", "paramsMb");

const [LINE, DOUBLE_LINE] = ["-".repeat(64), "=".repeat(64)];
/** A row's three cells, each to the right of its width. */
const cells = (name: string, shape: string, params: string): string =>
  `${name.padStart(20)}  ${shape.padStart(25)} ${params.padStart(15)}`;

/**
 * What the program torchsummary prints of a model, to the last row and space; `torchsummary` itself shows the first and
 * last rows of a long table.
 *
 * @param summary what `torchsummary` gives
 * @returns lines of 64 columns, and more where a shape is longer
 * @throws TypeError for another argument
 * @example show(analysis.torchsummaryText(analysis.torchsummary(model, "vgg")!))
 * Source: torchsummary 1.5.1.
 */
export function torchsummaryText(summary: TorchSummary): string {
  checkArguments("torchsummaryText", { summary }, { summary: aSummary });
  const { rows, params, trainableParams, inputMb, forwardBackwardMb, paramsMb, totalMb } = summary;
  return [
    LINE,
    cells("Layer (type)", "Output Shape", "Param #"),
    DOUBLE_LINE,
    ...rows.map((row, i) => cells(`${row.type}-${i + 1}`, shapeText(row), grouped(row.params))),
    DOUBLE_LINE,
    `Total params: ${grouped(params)}`,
    `Trainable params: ${grouped(trainableParams)}`,
    `Non-trainable params: ${grouped(params - trainableParams)}`,
    LINE,
    `Input size (MB): ${inputMb.toFixed(2)}`,
    `Forward/backward pass size (MB): ${forwardBackwardMb.toFixed(2)}`,
    `Params size (MB): ${paramsMb.toFixed(2)}`,
    `Estimated Total Size (MB): ${totalMb.toFixed(2)}`,
    LINE,
  ].join("\n");
}

function shapeText({ outputShapes }: TorchRow): string {
  const texts = outputShapes.map((sizes) => `[${[-1, ...sizes].join(", ")}]`);
  return texts.length === 1 ? texts[0]! : `[${texts.join(", ")}]`;
}
