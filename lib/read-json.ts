import { readFileSync } from "node:fs";

/**
 * What a file of JSON holds.
 * @param what it is, for the error: "claims", "a stored result"
 * @param fn the function that was asked for it, where a user did
 * @throws SyntaxError that names the file, for one that is no JSON
 */
export function readJson(path: string, what: string, fn?: string): unknown {
  const text = readFileSync(path, "utf8");
  try {
    return JSON.parse(text);
  } catch (error) {
    const where = fn === undefined ? path : `${fn}: ${path}`;
    throw new SyntaxError(`${where}: ${what} must be JSON, got ${JSON.stringify(text.slice(0, 60))}`, { cause: error });
  }
}
