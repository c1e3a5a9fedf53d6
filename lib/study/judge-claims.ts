import {
  aFlag,
  anyNumber,
  aText,
  checkArguments,
  checkValue,
  fields,
  listOf,
  oneOf,
  optional,
  recordOf,
  withFields,
} from "../checks.js";
import { didYouMean } from "../nearest.js";
import { DISPLAY, shownAs, type ShowsItself } from "../shown.js";
import { table, type Table } from "../table.js";
import { aClaim, SIGNS, SIZES, type Claim, type Condition, type Measures, type Size } from "./claims.js";

/** A claim beside what was measured. `holds` is undefined where it was not judged. */
export interface Verdict {
  /** The claim's sentence. */
  readonly statement: string;
  /** The claim's kind. */
  readonly kind: Claim["kind"];
  /** Whether all its conditions hold. */
  readonly holds: boolean | undefined;
  /** The conditions in numbers: "epoch.vitPatches.accuracy 0.45 ≥ epoch.vitRows.accuracy 0.41 + 0.02". */
  readonly found: string;
}

/** What claims are judged by. */
export interface Evidence {
  /** What was measured, by name. */
  readonly measures: Measures;
  /** Of which kind the images were; claims learned from the archive are not judged on others. */
  readonly data: "archive" | "folder" | "arrays" | "generated";
  /** Runs that were left out on demand: claims about what is not measured of them are not judged. Default: none. */
  readonly notRun?: readonly string[];
}

const someEvidence = fields("{ measures, data, notRun? }", {
  measures: recordOf(anyNumber),
  data: oneOf(["archive", "folder", "arrays", "generated"]),
  notRun: optional(listOf(aText)),
});

/**
 * Judges the claims made at a size by what was measured. A measure that is missing or not finite fails a claim. A
 * notebook shows the verdicts as their table, and so does console.log.
 * @throws RangeError for a size that is none, or a claim whose field is out of range, TypeError for an argument of
 *   another kind
 */
export function judgeClaims(claims: readonly Claim[], size: Size, evidence: Evidence): Verdict[] {
  checkArguments(
    "judgeClaims",
    { claims, size, evidence },
    { claims: listOf(aClaim), size: oneOf(SIZES), evidence: someEvidence },
  );
  const verdicts = claims
    .filter(({ sizes }) => sizes.includes(size))
    .map((claim) => {
      const { statement, kind, conditions } = claim;
      const why = whyNotJudged(claim, evidence);
      if (why !== undefined) return { statement, kind, holds: undefined, found: `not judged: ${why}` };
      const judged = conditions.map((condition) => judge(condition, evidence.measures));
      return {
        statement,
        kind,
        holds: judged.every(({ holds }) => holds),
        found: judged.map(({ found }) => found).join("; "),
      };
    });
  return shownAs(verdicts, (all) => verdictRows(all)[DISPLAY]());
}

/** Images that are not the archive's. */
const OTHER_IMAGES = { folder: "a folder's", arrays: "the program's own", generated: "generated ones" } as const;

function whyNotJudged({ kind, conditions }: Claim, { measures, data, notRun = [] }: Evidence): string | undefined {
  if (kind === "learned" && data !== "archive") return `the images are ${OTHER_IMAGES[data]}`;
  const missing = conditions
    .flatMap(({ measure, than }) => (than === undefined ? [measure] : [measure, than]))
    .filter((name) => !(name in measures)); // a run left out may be compared as it is stored
  const left = notRun.filter((run) => missing.some((name) => isOf(name, run)));
  return left.length === 0 ? undefined : `${left.join(", ")} ${left.length === 1 ? "was" : "were"} not run`;
}

/** Whether a measure is of a run, "cnn.accuracy", or of one beside it, "vit.over.cnn.points". */
function isOf(measure: string, run: string): boolean {
  return measure.startsWith(`${run}.`) || measure.includes(`.over.${run}.`);
}

const aVerdict = withFields("a verdict of judgeClaims", {
  statement: aText,
  holds: optional(aFlag),
  found: aText,
});

/**
 * The verdicts for a person.
 * @throws TypeError for what is no list of verdicts
 */
export function verdictTable(verdicts: readonly Verdict[]): Table {
  checkValue("verdictTable", "verdicts", verdicts, listOf(aVerdict));
  return verdictRows(verdicts);
}

function verdictRows(verdicts: readonly Verdict[]): Table & ShowsItself {
  return table(
    ["holds", "claim", "found"],
    verdicts.map(({ holds, statement, found }) => [holds ?? "not judged", statement, found]),
  );
}

/** @throws Error that lists the claims which do not hold, TypeError for what is no list of verdicts */
export function assertClaims(verdicts: readonly Verdict[]): void {
  checkValue("assertClaims", "verdicts", verdicts, listOf(aVerdict));
  const failed = verdicts.filter(({ holds }) => holds === false);
  if (failed.length > 0)
    throw new Error(
      `assertClaims: every claim must hold, got ${failed.length} that ` +
        `${failed.length === 1 ? "does" : "do"} ` +
        `not:\n${failed.map(({ statement, found }) => `  ${statement} (${found})`).join("\n")}`,
    );
}

function judge(
  { measure, is, value, than, margin = 0 }: Condition,
  measures: Measures,
): { holds: boolean; found: string } {
  const [got, other] = [measures[measure], than === undefined ? value : measures[than]];
  const named = (name: string, number: number | undefined): string =>
    number === undefined
      ? `${name} (not measured${didYouMean(name, Object.keys(measures))})`
      : `${name} ${short(number)}`;
  const apart = margin === 0 ? "" : ` ${is === "<=" ? "−" : "+"} ${margin}`;
  const right = than === undefined ? short(value!) : `${named(than, other)}${apart}`;
  const found = `${named(measure, got)} ${SIGNS[is]} ${right}`;
  if (got === undefined || other === undefined || !Number.isFinite(got) || !Number.isFinite(other))
    return { holds: false, found };
  if (is === "=") return { holds: got === other, found };
  return { holds: is === ">=" ? got >= other + margin : got <= other - margin, found };
}

function short(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toPrecision(4)));
}
