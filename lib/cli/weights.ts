/** `npm run weights`: lists published weights, fetches one with its digest, or says what a file holds. */
import { calledAs } from "../checks.js";
import { commandOf, readCommandLine } from "./command-line.js";
import { DigestError, UnavailableError } from "../datasets/index.js";
import { PUBLISHED, publishedWeights } from "../models/index.js";
import { readWeightFile } from "../models/weights/read-weight-file.js";
import { formatBytes } from "../setup/project.js";

const USAGE = {
  command: "weights",
  does: "Lists the published weights that are known by name, fetches one, or says what a file holds.",
  words: "[fetch NAME | show FILE]",
  options: { sha256: { value: "DIGEST", does: "what the fetched file's SHA-256 must be" } },
  more: `fetch  brings the weights here, checks them, and says where they lie
show   names, shapes and metadata of a safetensors or PyTorch file`,
} as const;

type Asked =
  | { readonly word: "list" }
  | { readonly word: "fetch" | "show"; readonly name: string; readonly sha256: string | undefined };

export const run = commandOf(USAGE, read, async (asked) => {
  try {
    if (asked.word === "list") return list();
    return await (asked.word === "fetch" ? fetchOne(asked.name, asked.sha256) : show(asked.name));
  } catch (error) {
    const expected =
      error instanceof RangeError ||
      error instanceof SyntaxError ||
      error instanceof DigestError ||
      error instanceof UnavailableError ||
      (error as NodeJS.ErrnoException).syscall !== undefined; // of the file system
    if (!expected) throw error;
    console.error((error as Error).message);
    return 1;
  }
});

function read(args: readonly string[]): Asked {
  const { values, words } = readCommandLine(USAGE, args);
  const [word, name, ...more] = words;
  if (word === undefined) return { word: "list" };
  if (word !== "fetch" && word !== "show") throw new RangeError(`weights: a word must be fetch or show, got ${word}`);
  if (name === undefined || more.length > 0)
    throw new RangeError(`weights: ${word}: a name must follow, and nothing else`);
  return { word, name, sha256: values.sha256 };
}

function list(): number {
  const rows = PUBLISHED.map(({ name, model, config, sizeBytes, sha256, licence }) => {
    const digest =
      sha256 === null ? "recorded on first use" : sha256.length === 64 ? "published" : `published: ${sha256}…`;
    return [name, model, String(config.numClasses), formatBytes(sizeBytes), digest, licence];
  });
  const all = [["name", "model", "classes", "size", "sha256", "licence"], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  for (const row of all)
    console.log(
      row
        .map((text, column) => text.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    );
  return 0;
}

async function fetchOne(name: string, sha256: string | undefined): Promise<number> {
  const {
    path,
    sha256: found,
    heldTo,
    row,
  } = await calledAs("weights", () => publishedWeights(name, sha256 === undefined ? {} : { sha256 }));
  const said = {
    given: "as given",
    published: "as published",
    "first digits": `its first digits as published (${row.sha256})`,
    recorded: "as recorded when it was first fetched",
    "first use": "not published; recorded now",
  }[heldTo];
  console.log(
    `${path}\nsha256 ${found}, ${said}\nmodels.pretrained(${JSON.stringify(name)}) makes ${row.model} ` +
      `with it. Licence: ${row.licence}`,
  );
  return 0;
}

async function show(file: string): Promise<number> {
  const { metadata, tensors, entry } = await calledAs("weights", () => readWeightFile(file));
  if (entry !== undefined) console.log(`of the checkpoint's entry ${printable(entry)}`);
  for (const [key, value] of Object.entries(metadata)) console.log(`${printable(key)}: ${printable(value)}`);
  let numbers = 0;
  for (const [name, { dtype, shape }] of [...tensors].sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`${printable(name)}  ${dtype} [${shape.join(", ")}]`);
    numbers += shape.reduce((product, size) => product * size, 1);
  }
  console.log(`${tensors.size} tensors, ${numbers.toLocaleString("en")} numbers`);
  return 0;
}

/** A text of a file, which may be anybody's, on one line and without what a terminal would obey. */
function printable(text: string): string {
  return /[\x00-\x1f\x7f-\x9f]/.test(text)
    ? JSON.stringify(text).replace(/[\x7f-\x9f]/g, (mark) => `\\u00${mark.charCodeAt(0).toString(16)}`)
    : text;
}
