/** The end of a study's line: what passed, or where it failed. */
import type { Verdict } from "../../study/judge-claims.js";
import type { Outcome } from "./execute.js";
import type { Options } from "./studies-options.js";

/** What a study's claims came to. */
export interface Judged {
  readonly verdicts: readonly Verdict[];
  /** How many of its claims are made at other sizes only. */
  readonly elsewhere: number;
  /** What is wrong with its claims: then none is judged. */
  readonly faults: readonly string[];
}

/** "passed: 2 of 2 claims hold, 1 not judged at smoke". */
export function summaryOf(
  { status, position, total }: Outcome,
  { verdicts, elsewhere, faults }: Judged,
  { timeoutS, judge, size }: Options,
): string {
  const where = position === null ? "before its first cell" : `in cell ${position} of ${total}`;
  if (status === "timeout") return `FAILED: ran past its limit of ${timeoutS} s ${where}`;
  if (status === "flooded") return `FAILED: shows too much ${where}`;
  if (status === "interrupted") return `FAILED: interrupted ${where}`;
  if (status === "died") return `FAILED: the kernel died or did not answer ${where}`;
  if (status !== "passed") return `FAILED ${where}`;
  if (faults.length > 0) return "FAILED: its claims cannot be judged";
  const judged = verdicts.filter(({ holds }) => holds !== undefined);
  const held = judged.filter(({ holds }) => holds === true).length;
  const by = judge === size ? "" : ` of size ${judge}`;
  const left = [
    ...(verdicts.length > judged.length ? [`${verdicts.length - judged.length} not judged`] : []),
    ...(elsewhere > 0 ? [`${elsewhere} not judged at ${judge}`] : []),
  ];
  if (verdicts.length + elsewhere === 0) return "passed";
  if (held < judged.length)
    return [`FAILED: ${judged.length - held} of ${judged.length} claims${by} do not hold`, ...left].join(", ");
  return [`passed: ${held} of ${judged.length} claims${by} hold`, ...left].join(", ");
}
