/** Whence a run comes: its id, its command, its images and its network, as plain data. */
import { randomInt } from "node:crypto";
import { userInfo } from "node:os";
import { basename, relative } from "node:path";
import { commitOf } from "../files/commit.js";
import { allWeights } from "../models/weights/freeze.js";
import { originOf } from "../models/weights/metadata.js";
import type { tf } from "../backend/index.js";
import type { FileSet, ImageSet } from "../datasets/types.js";
import type { PlainRecord } from "./run-log.js";

const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

/** "cct-6-20260102-030405-k3x9": the name, the time in UTC and random letters; a name for a file. */
export function newRunId(name: string, time: Date): string {
  const plain = name
    .replace(/[^A-Za-z0-9_.-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 60);
  const stamp = time.toISOString().slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const random = Array.from({ length: 4 }, () => LETTERS[randomInt(LETTERS.length)]).join("");
  return `${plain === "" ? "run" : plain}-${stamp}-${random}`;
}

/** "node train.js --epochs 3"; in a notebook that JupyterLab or `npm run studies` runs its path. */
export function commandLine({ argv, execArgv, env }: NodeJS.Process = process): string {
  const notebook = env.JPY_SESSION_NAME;
  if (notebook) return nearer(notebook);
  const script = argv[1] === undefined ? [] : [nearer(argv[1])];
  return [basename(argv[0] ?? "node"), ...execArgv, ...script, ...argv.slice(2)].map(quoted).join(" ");
}

/** As seen from the working directory, where the file lies in it. */
function nearer(path: string): string {
  const seen = relative(process.cwd(), path);
  return seen === "" || seen.startsWith("..") ? path : seen;
}

const quoted = (word: string): string => (/^[\w./:=@,+-]+$/.test(word) ? word : JSON.stringify(word));

/** Of the working directory's repository; null without one. */
export function commitHere(): string | null {
  const commit = commitOf(process.cwd());
  return commit.startsWith("unknown") ? null : commit;
}

/** As the system calls who runs this. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return process.env.USER ?? "unknown"; // a container's user may have no name
  }
}

/** What a record says of images. */
export function dataOf({ name, split, labels, imageShape, classNames, provenance }: ImageSet | FileSet): PlainRecord {
  const { kind, label, archives } = provenance;
  return {
    name,
    split,
    images: labels.length,
    imageShape,
    classes: classNames.length,
    kind,
    label,
    archives: archives.map(({ file, digest }) => ({ file, digest })),
  };
}

/** What a record says of a network; its config where `createModel` made it. */
export function modelOf(model: tf.LayersModel): PlainRecord {
  const origin = originOf(model);
  return {
    name: origin?.name ?? model.name,
    params: allWeights(model).reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    trainable: [...new Set(model.trainableWeights)].reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    inputShape: model.inputs[0]!.shape.slice(1),
    ...(origin && { config: origin.config }),
  };
}

const sizeOf = (shape: readonly (number | null)[]): number => shape.reduce<number>((size, n) => size * (n ?? 1), 1);
