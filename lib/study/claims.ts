import { readFileSync } from "node:fs";
import { anObject, aText, checkArguments, checkFields, checkValue, listOf, oneOf } from "../checks.js";
import { table, type Table } from "../table.js";

/** How much a study computes: enough to see that everything runs, minutes, or all that its source asks. */
export const SIZES = ["smoke", "quick", "full"] as const;

export type Size = (typeof SIZES)[number];

/** One comparison between a measure and a number, or another measure. */
export interface Condition {
  readonly measure: string;
  readonly is: "=" | ">=" | "<=";
  /** The number compared with; or */
  readonly value?: number;
  /** the measure compared with, which has to be surpassed by `margin` (default 0). */
  readonly than?: string;
  readonly margin?: number;
}

/** What a study claims, as data. */
export interface Claim {
  readonly statement: string;
  /**
   * "exact": a figure that follows from the definition; "mechanics": that things run; "learned": from training on the
   * archive's images.
   */
  readonly kind: "exact" | "mechanics" | "learned";
  /** The sizes at which it is claimed. */
  readonly sizes: readonly Size[];
  /** All must hold. */
  readonly conditions: readonly Condition[];
  /** What supports it: a derivation, a source, or seeds and their spread. */
  readonly basis: string;
}

/** A claim beside what was measured. `holds` is undefined where it was not judged. */
export interface Verdict {
  readonly statement: string;
  readonly kind: Claim["kind"];
  readonly holds: boolean | undefined;
  /** The conditions in numbers: "epoch.vitPatches.accuracy 0.45 ≥ epoch.vitRows.accuracy 0.41 + 0.02". */
  readonly found: string;
}

/** Measures by name. */
export type Measures = Readonly<Record<string, number>>;

/**
 * Reads a study's claims.
 * @param path of claims.json, as seen from the notebook's folder
 * @throws SyntaxError or RangeError for a file that holds no claims
 */
export function readClaims(path: string): Claim[] {
  checkValue("readClaims", "path", path, aText);
  const read: unknown = JSON.parse(readFileSync(path, "utf8"));
  if (!Array.isArray(read) || read.length === 0)
    throw new RangeError(`readClaims: ${path} must hold a list of claims, got ${JSON.stringify(read)?.slice(0, 60)}`);
  read.forEach((claim, i) => checkClaim(claim as Claim, `${path}, claim ${i + 1}`));
  return read as Claim[];
}

/** What claims are judged by. */
export interface Evidence {
  readonly measures: Measures;
  /** Of which kind the images were; claims learned from the archive are not judged on others. */
  readonly data: "archive" | "folder" | "arrays" | "generated";
  /** Runs that were left out on demand: claims about their measures are not judged. Default: none. */
  readonly notRun?: readonly string[];
}

/** Judges the claims made at a size by what was measured. A measure that is missing or not finite fails a claim. */
export function judgeClaims(claims: readonly Claim[], size: Size, evidence: Evidence): Verdict[] {
  checkArguments("judgeClaims", { claims, size }, { claims: listOf(anObject), size: oneOf(SIZES) });
  checkFields("judgeClaims", "evidence", evidence, {
    measures: anObject,
    data: oneOf(["archive", "folder", "generated"]),
  });
  const { measures, data, notRun = [] } = evidence;
  return claims
    .filter(({ sizes }) => sizes.includes(size))
    .map(({ statement, kind, conditions }) => {
      if (kind === "learned" && data !== "archive")
        return {
          statement,
          kind,
          holds: undefined,
          found: `not judged: the images are ${data === "folder" ? "a folder's" : "generated ones"}`,
        };
      const left = notRun.filter((run) =>
        conditions.some(({ measure, than }) => measure.startsWith(`${run}.`) || than?.startsWith(`${run}.`)),
      );
      if (left.length > 0)
        return {
          statement,
          kind,
          holds: undefined,
          found: `not judged: ${left.join(", ")} ${left.length === 1 ? "was" : "were"} not run`,
        };
      const judged = conditions.map((condition) => judge(condition, measures));
      return {
        statement,
        kind,
        holds: judged.every(({ holds }) => holds),
        found: judged.map(({ found }) => found).join("; "),
      };
    });
}

/** The verdicts for a person. */
export function verdictTable(verdicts: readonly Verdict[]): Table {
  checkValue("verdictTable", "verdicts", verdicts, listOf(anObject));
  return table(
    ["holds", "claim", "found"],
    verdicts.map(({ holds, statement, found }) => [holds ?? "not judged", statement, found]),
  );
}

/** @throws Error that lists the claims which do not hold */
export function assertClaims(verdicts: readonly Verdict[]): void {
  checkValue("assertClaims", "verdicts", verdicts, listOf(anObject));
  const failed = verdicts.filter(({ holds }) => holds === false);
  if (failed.length > 0)
    throw new Error(
      `assertClaims: every claim must hold, got ${failed.length} that ` +
        `${failed.length === 1 ? "does" : "do"} ` +
        `not:\n${failed.map(({ statement, found }) => `  ${statement} (${found})`).join("\n")}`,
    );
}

const SIGNS = { "=": "=", ">=": "≥", "<=": "≤" } as const;

function judge(
  { measure, is, value, than, margin = 0 }: Condition,
  measures: Measures,
): { holds: boolean; found: string } {
  const [got, other] = [measures[measure], than === undefined ? value : measures[than]];
  const right =
    than === undefined
      ? shown(value)
      : `${than} ${shown(other)}${margin === 0 ? "" : is === "<=" ? ` − ${margin}` : ` + ${margin}`}`;
  const found = `${measure} ${shown(got)} ${SIGNS[is]} ${right}`;
  if (got === undefined || other === undefined || !Number.isFinite(got) || !Number.isFinite(other))
    return { holds: false, found };
  if (is === "=") return { holds: got === other, found };
  return { holds: is === ">=" ? got >= other + margin : got <= other - margin, found };
}

function shown(value: number | undefined): string {
  if (value === undefined) return "(not measured)";
  return Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toPrecision(4)));
}

function checkClaim(claim: Claim, where: string): void {
  const rule = (holds: boolean, text: string): void => {
    if (!holds) throw new RangeError(`readClaims: ${where}: ${text}, got ${JSON.stringify(claim)}`);
  };
  rule(
    typeof claim.statement === "string" && typeof claim.basis === "string" && claim.basis !== "",
    "statement and basis must be texts",
  );
  rule(["exact", "mechanics", "learned"].includes(claim.kind), "kind must be exact, mechanics or learned");
  rule(
    Array.isArray(claim.sizes) && claim.sizes.length > 0 && claim.sizes.every((size) => SIZES.includes(size)),
    "sizes must be of smoke, quick, full",
  );
  rule(Array.isArray(claim.conditions) && claim.conditions.length > 0, "conditions must be one or more");
  for (const { measure, is, value, than } of claim.conditions) {
    rule(typeof measure === "string" && is in SIGNS, "a condition must have a measure and =, >= or <=");
    rule((typeof value === "number") !== (typeof than === "string"), "a condition must have either a value or than");
  }
}
