import { aNumber, aText, aTitle, checkValue, fields, oneOf, optional, someOf, type Rule } from "../checks.js";
import { readJson } from "../read-json.js";

/** How much a study computes: enough to see that everything runs, minutes, or all that its source asks. */
export const SIZES = ["smoke", "quick", "full"] as const satisfies readonly Size[];

/** One of them. */
export type Size = "smoke" | "quick" | "full";

/** One comparison between a measure and a number, or another measure. */
export interface Condition {
  /** The name of the measure. */
  readonly measure: string;
  /** How they are compared. */
  readonly is: "=" | ">=" | "<=";
  /** The number compared with; either this or `than`. */
  readonly value?: number;
  /** The name of the measure compared with. */
  readonly than?: string;
  /** By how much `than` has to be surpassed, in the measures' unit. Default 0. */
  readonly margin?: number;
}

/** What a study claims, as data. */
export interface Claim {
  /** A sentence that a reader can hold against the numbers. */
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

/** Measures by name. */
export type Measures = Readonly<Record<string, number>>;

/** How a reader sees what a condition asks for. */
export const SIGNS = { "=": "=", ">=": "≥", "<=": "≤" } as const;

const aComparison = fields("{ measure, is, value } or { measure, is, than, margin? }", {
  measure: aTitle,
  is: oneOf(Object.keys(SIGNS)),
  value: optional(aNumber),
  than: optional(aTitle),
  margin: optional(aNumber),
});
/** One that compares with a number or with a measure, not both. */
const aCondition: Rule = {
  ...aComparison,
  kindFits: aComparison.holds,
  holds: (value) => aComparison.holds(value) && "value" in (value as object) !== "than" in (value as object),
};
/** A claim, each of its fields. */
export const aClaim = fields("{ statement, kind, sizes, conditions, basis }", {
  statement: aTitle,
  kind: oneOf(["exact", "mechanics", "learned"]),
  sizes: someOf(oneOf(SIZES)),
  conditions: someOf(aCondition),
  basis: aTitle,
});

/**
 * Reads a study's claims: a list of {@link Claim}.
 * @param path of claims.json, as seen from the notebook's folder
 * @throws SyntaxError for a file that is no JSON
 * @throws RangeError, or TypeError, for a claim whose field is not as it must be; it names the claim and the field
 */
export function readClaims(path: string): Claim[] {
  checkValue("readClaims", "path", path, aText);
  const claims = readJson(path, "claims", "readClaims");
  checkValue(`readClaims: ${path}`, "claims", claims, someOf(aClaim));
  return claims as Claim[];
}
