/** Type errors inside the modules of the user's own that a cell imports. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { OWN } from "./declarations.js";
import { ServerGone, type Server, type ServerFinding } from "./server.js";

/** What is wrong in a file that a cell imports. */
export interface FileErrors {
  readonly path: string;
  /** The text that the positions are of. */
  readonly source: string;
  readonly found: readonly ServerFinding[];
}

/** What a tsconfig.json says where it may allow what a strict check does not. */
const LAXER = /"(?:extends|lib|references)"|"(?:strict\w*|noImplicit\w+|useUnknown\w+|alwaysStrict)"\s*:\s*false/;

/**
 * What is wrong with a file by the checker's options, which are strict; of that, where a tsconfig.json of the user's
 * own is about the file and may be laxer, what is wrong by that one too.
 * @param found by the checker's options
 */
export async function errorsIn(path: string, found: readonly ServerFinding[], server: Server): Promise<FileErrors> {
  const source = readFileSync(path, "utf8");
  if (found.length === 0 || !mayBeLaxer(dirname(path))) return { path, source, found };
  try {
    const { items } = await server.askAlone<{ items: ServerFinding[] }>(path, source, "textDocument/diagnostic");
    const known = new Set(items.filter(({ severity }) => severity <= 2).map(keyOf));
    return { path, source, found: found.filter((one) => known.has(keyOf(one))) };
  } catch (error) {
    if (!(error instanceof ServerGone)) throw error;
    return { path, source, found }; // a project too large to be read for this
  }
}

function keyOf({ code, range }: ServerFinding): string {
  return `${code} ${range.start.line} ${range.start.character}`;
}

/** By the nearest tsconfig.json; the kernel's own project is as strict as the checker. */
function mayBeLaxer(folder: string): boolean {
  const config = ["tsconfig.json", "jsconfig.json"].map((name) => join(folder, name)).find((one) => existsSync(one));
  if (config !== undefined) return folder !== OWN && LAXER.test(readFileSync(config, "utf8"));
  return dirname(folder) !== folder && mayBeLaxer(dirname(folder));
}
