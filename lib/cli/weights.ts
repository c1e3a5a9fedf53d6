/** `npm run weights`: lists published weights, fetches one with its digest, or says what a file holds. */
import { parseArgs } from "node:util";
import { calledAs } from "../checks.js";
import { DigestError, UnavailableError } from "../datasets/index.js";
import { PUBLISHED, publishedWeights } from "../models/index.js";
import { readWeightFile } from "../models/weights/read-weight-file.js";
import { formatBytes, type Command } from "../setup/project.js";

const USAGE = `npm run weights                                    lists the published weights that are known by name
npm run weights -- fetch NAME [--sha256 DIGEST]    brings one here, checks it, and says where it lies
npm run weights -- show FILE                       names, shapes and metadata of a safetensors or PyTorch file`;

export const run: Command = async (args) => {
  let parsed;
  try {
    parsed = parseArgs({ args: [...args], allowPositionals: true, options: { sha256: { type: "string" } } });
  } catch (error) {
    return refuse((error as Error).message);
  }
  const [word, name, ...more] = parsed.positionals;
  if (more.length > 0 || (word !== undefined && name === undefined))
    return refuse(`${word}: a name must follow, and nothing else`);
  try {
    if (word === undefined) return list();
    if (word === "fetch") return await fetchOne(name!, parsed.values.sha256);
    if (word === "show") return await show(name!);
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
  return refuse(`a word must be fetch or show, got ${word}`);
};

function refuse(why: string): number {
  console.error(`weights: ${why}.\n${USAGE}`);
  return 2;
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
  const { path, sha256: found, heldTo, row } = await publishedWeights(name, sha256 === undefined ? {} : { sha256 });
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
