/** The bench page's table of inference beside the peers: at the study's batch, and of one image. */
import type { StoredBench } from "../stored-bench.js";
import { AT_BEST, BEST_PEER, ONNX_RUNTIME, OPENVINO, TF_FUNCTION, WRITTEN } from "../training/contenders.js";
import { INFERENCE_METRIC, ONE_METRIC } from "../training/goals.js";
import { GOAL_INFERENCE, GOAL_OF_ONE, type NetworkCase } from "../training/training-cases.js";
import { find, markdownTable, medianAndMinimum } from "./cells.js";
import { casesOf, missedBy, ratio } from "./training-table.js";

const CONTENDERS: readonly (readonly [name: string, head: string])[] = [
  ["ours", "compiled"],
  ["ours, eager", "eager"],
  [TF_FUNCTION, "tf.function"],
  [WRITTEN, WRITTEN],
  [AT_BEST, AT_BEST],
  [ONNX_RUNTIME, ONNX_RUNTIME],
  [OPENVINO, OPENVINO],
];

/**
 * Medians and minima, and what ours take of the best peer's, which is named; bold where that is above its goal. A row
 * of a network for each batch size at which it was measured.
 */
export function inferenceTable(result: StoredBench): string {
  const heads = CONTENDERS.map(([, head]) => head);
  return markdownTable([
    ["network", "batch", ...heads, "compiled / the best peer", "n"],
    ...casesOf(result).flatMap((network) => [
      row(result, network, INFERENCE_METRIC, GOAL_INFERENCE),
      ...(hasOne(result, network) ? [row(result, network, ONE_METRIC, GOAL_OF_ONE)] : []),
    ]),
  ]);
}

/** Which networks miss each goal, for that page's prose. */
export function inferenceGoalsText(result: StoredBench): string {
  return casesOf(result).some((network) => hasOne(result, network))
    ? `at the study's batch ${missedBy(result, INFERENCE_METRIC)}; at batch 1 ${missedBy(result, ONE_METRIC)}`
    : "not measured yet";
}

const hasOne = ({ metrics }: StoredBench, { name }: NetworkCase): boolean =>
  metrics.some((each) => each.case === name && each.metric === ONE_METRIC);

function row(result: StoredBench, { name, title }: NetworkCase, metric: string, goal: number): string[] {
  const { samples } = find(result.metrics, name, metric);
  const { batch, bestPeers } = result.cases![name]!;
  const best = (bestPeers as Record<string, string> | undefined)?.[metric];
  return [
    title,
    metric === ONE_METRIC ? "1" : `${batch}`,
    ...CONTENDERS.map(([contender]) => medianAndMinimum(samples[contender])),
    best === undefined ? ratio(samples, AT_BEST) : `${ratio(samples, BEST_PEER, goal)}, ${best}`,
    `${samples["ours"]!.length}`,
  ];
}
