import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** A file that says of what a step was done: it is done again once that has changed. */
export interface Stamp {
  /** Whether the step was done of the very same. */
  holds(): boolean;
  /** Notes that it is done. */
  write(): void;
}

/**
 * @param file lies in what the step makes, so that both go together
 * @param sources paths of the files that the step is done of
 * @param more what else it depends on
 */
export function stampOf(file: string, sources: readonly string[], more = ""): Stamp {
  const value = (): string =>
    sources
      .reduce((hash, source) => hash.update(readFileSync(source)), createHash("sha256"))
      .update(more)
      .digest("hex");
  return {
    holds: () => existsSync(file) && readFileSync(file, "utf8") === value(),
    write: () => writeFileSync(file, value()),
  };
}
