/** The bench page's tables of a training step in bfloat16, one for each kind of processor. */
import { median, type CaseMetric, type Samples } from "../bench-case.js";
import type { StoredBench } from "../stored-bench.js";
import {
  AUTOCAST_BEST,
  BFLOAT16,
  FLOAT32,
  MIXED_CASES,
  MIXED_CASTS,
  MIXED_PRODUCTS,
  MIXED_SHARE,
  MIXED_STEP,
} from "../mixed-precision/mixed-cases.js";
import { mixedGoals, type MixedGoal } from "../mixed-precision/mixed-goals.js";
import { find, markdownTable, medianAndMinimum, medianOf } from "./cells.js";

const HEAD = [
  "network",
  "batch",
  "bfloat16",
  "float32",
  "PyTorch, autocast",
  "bfloat16 / float32",
  "/ autocast",
  "products, ms: bfloat16 / float32",
  "their share of float32's ops",
  "casts",
  "n",
];

/** Step times by medians and minima, what of them the products take, and each ratio; bold where its goal is missed. */
export function mixedPrecisionTable({ metrics, cases }: StoredBench): string {
  const measured = MIXED_CASES.filter(({ name }) => cases?.[name] !== undefined);
  return markdownTable([
    HEAD,
    ...measured.map(({ name, title }) => {
      const of = (metric: string): CaseMetric["samples"] => find(metrics, name, metric).samples;
      const [step, products, share, casts] = [of(MIXED_STEP), of(MIXED_PRODUCTS), of(MIXED_SHARE), of(MIXED_CASTS)];
      const goals = mixedGoals(metrics, name);
      const goal = (what: MixedGoal["what"]): string => ratioText(goals.find((one) => one.what === what)!);
      return [
        title,
        `${cases![name]!["batch"]}`,
        ...[BFLOAT16, FLOAT32, AUTOCAST_BEST].map((contender) => medianAndMinimum(step[contender])),
        goal("step / float32"),
        goal("step / autocast"),
        `${medianOf(products[BFLOAT16])} / ${medianOf(products[FLOAT32])} = ${goal("products / float32")}`,
        `${whole(share[FLOAT32])} %`,
        whole(casts[BFLOAT16]),
        `${step[BFLOAT16]!.length}`,
      ];
    }),
  ]);
}

function ratioText({ found, most }: MixedGoal): string {
  if (found === null) return "–";
  return found > most ? `**${found.toFixed(2)}**` : found.toFixed(2);
}

function whole(samples: Samples | undefined): string {
  return (median(samples ?? []) ?? 0).toFixed(0);
}
