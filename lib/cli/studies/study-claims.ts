/** A study's claims.json: read, and held to be right before hours are spent on what it judges. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checkValue } from "../../checks.js";
import { aClaim, readClaims, type Claim } from "../../study/claims.js";

/** Where a study's claims and stored results lie. */
export function resultsFolder(notebooks: string, study: string): string {
  return join(notebooks, "results", study);
}

function claimsFile(notebooks: string, study: string): string {
  return join(resultsFolder(notebooks, study), "claims.json");
}

/**
 * What a study claims; nothing where it has no claims.json.
 * @throws SyntaxError, RangeError or TypeError for a file with a fault, see claimFaults
 */
export function claimsOf(notebooks: string, study: string): Claim[] {
  const file = claimsFile(notebooks, study);
  return existsSync(file) ? readClaims(file) : [];
}

/** What is wrong with a study's claims.json, a line for each claim that has a fault; empty where nothing is. */
export function claimFaults(notebooks: string, study: string): string[] {
  try {
    claimsOf(notebooks, study);
    return [];
  } catch (error) {
    const { message, cause } = error as Error;
    if (error instanceof SyntaxError) return [plain(`${message}: ${(cause as Error).message}`)];
    const file = claimsFile(notebooks, study);
    const each = claimsIn(file).flatMap((claim, index) => faultOf(file, `claims[${index}]`, claim));
    return each.length > 0 ? each : [plain(message)];
  }
}

/** The items of a file that is JSON; none where it cannot be read or is no list. */
function claimsIn(file: string): unknown[] {
  try {
    const claims: unknown = JSON.parse(readFileSync(file, "utf8"));
    return Array.isArray(claims) ? claims : [];
  } catch {
    return [];
  }
}

function faultOf(file: string, name: string, claim: unknown): string[] {
  try {
    checkValue(`readClaims: ${file}`, name, claim, aClaim);
    return [];
  } catch (error) {
    return [plain((error as Error).message)];
  }
}

/** One line, which begins with the file. */
function plain(message: string): string {
  return message.replace(/^readClaims: /, "").replace(/\s+/g, " ");
}
