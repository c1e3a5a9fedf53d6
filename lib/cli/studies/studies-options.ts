/** The command line of `npm run studies`. */
import { createHash } from "node:crypto";
import { typed } from "../../files/own-folder.js";
import { SIZES, type Size } from "../../study/claims.js";
import { readCommandLine } from "../command-line.js";

export const STUDIES_USAGE = {
  command: "studies",
  does: "Executes the studies headless, and says what passed and what they measured.",
  words: "[NAME… | guide]",
  options: {
    size: {
      value: "SIZE",
      does: "smoke, quick or full, where a notebook has that parameter; default quick, of the guide smoke",
    },
    set: { value: "name=value", multiple: true, does: "sets another parameter: --set seed=1" },
    kernel: { value: "KERNEL", does: "saccade, or tslab where installed; default: the one that the notebook names" },
    timeout: { value: "SECONDS", does: "of one cell; default 600 at smoke, 7200 at quick, none at full" },
    judge: { value: "SIZE", does: "judges what was measured by this size's claims; default: the size that runs" },
    store: { does: "stores the result in notebooks/results" },
    site: { value: "FOLDER", does: "makes one static site of all studies and the guide there, and executes nothing" },
    write: { does: "writes the outputs of a passed run, at its defaults, into the notebook itself" },
  },
} as const;

/** What `npm run studies` was asked for. */
export interface Options {
  /** In the order asked for; all of them where none is named. */
  readonly studies: readonly string[];
  /** Notebooks beside them that are no studies, where none is named. */
  readonly left: readonly string[];
  readonly size: Size;
  /** Whether the command line says it. */
  readonly sizeAsked: boolean;
  /** undefined: the one the notebook names. */
  readonly kernel: string | undefined;
  /** Names of the parameters that `--set` sets. */
  readonly setNames: readonly string[];
  /** TypeScript that sets the parameters. @param sized whether the study has one that is called size */
  readonly assignments: (sized: boolean) => string;
  readonly timeoutS: number | null;
  /** The size whose claims judge what was measured: the one that runs, unless asked otherwise. */
  readonly judge: Size;
  /** What tells this run from others of the same study: its size and all that was set, "quick" or "quick.seed-1". */
  readonly runName: string;
  /** Whether its result is to be stored; then under `runName`. */
  readonly store: boolean;
  /** Whether its outputs are to be written into the notebook. */
  readonly write: boolean;
  /** Where one site of all notebooks is to be made, in place of executing any. */
  readonly site: string | undefined;
  /** The command line that repeats this, for one study. @param sized whether it has a size */
  readonly command: (study: string, sized: boolean) => string;
}

/** A cell's limit where none is asked for: a study that hangs must not hold CI, one of a day must not be cut. */
const TIMEOUT_S: Readonly<Record<Size, number | null>> = { smoke: 600, quick: 7200, full: null };

/** What is here, by name. */
export interface Known {
  readonly studies: readonly string[];
  /** Notebooks that are no studies: they run, and fail, only where they are named. Default: none. */
  readonly others?: readonly string[];
  /** The guide's notebooks, "guide/your-own-data": they run where they are named, or all by the word `guide`. */
  readonly guide?: readonly string[];
  readonly kernels: readonly string[];
}

/** @throws RangeError for a name, size or kernel that is not known; it lists the known ones */
export function parseOptions(args: readonly string[], known: Known): Options {
  const { values, words: asked } = readCommandLine(STUDIES_USAGE, args);
  const { others = [], guide = [] } = known;
  const words = asked.flatMap((name) => (name === "guide" ? guide : [name]));
  for (const name of words) if (![...others, ...guide].includes(name)) oneOf("study", name, known.studies);
  const onlyGuide = words.length > 0 && words.every((name) => guide.includes(name));
  const size = oneOf("size", values.size ?? (onlyGuide ? "smoke" : "quick"), SIZES);
  if (values.kernel !== undefined) oneOf("kernel", values.kernel, known.kernels);
  const set = (values.set ?? []).map(parseAssignment);
  const judge = values.judge === undefined ? size : oneOf("--judge", values.judge, SIZES);
  return {
    judge,
    runName: nameOf(size, values.set ?? []),
    store: values.store === true && checkStore(size, values.set ?? []),
    write: values.write === true && checkWrite(values, words),
    site: values.site === undefined ? undefined : checkSite(values, words),
    command: (study, sized) => {
      const sets = (values.set ?? []).flatMap((set) => ["--set", set]);
      const sizes = sized ? ["--size", size] : [];
      return typed(["studies", study, ...sizes, ...sets, ...(values.store ? ["--store"] : [])].join(" "));
    },
    studies: words.length > 0 ? words : known.studies,
    left: words.length > 0 ? [] : others,
    size,
    sizeAsked: values.size !== undefined,
    kernel: values.kernel,
    setNames: set.map(([name]) => name),
    assignments: (sized) =>
      [...(sized ? [["size", JSON.stringify(size)]] : []), ...set]
        .map(([name, value]) => `${name} = ${value};`)
        .join("\n"),
    timeoutS: values.timeout === undefined ? TIMEOUT_S[size] : parseTimeout(values.timeout),
  };
}

/** A stored result is the study as it stands, at most with another seed, or with some of its arms: "full.arms-cnn". */
function checkStore(size: Size, set: readonly string[]): true {
  if (size === "smoke")
    throw new RangeError("studies: --store must be at size quick or full, got smoke: a smoke run measures nothing");
  const other = set.find((text) => !/^(seed=\d+|arms=[\w.,]+)$/.test(text));
  if (other !== undefined)
    throw new RangeError(`studies: --store must go without --set, but for a seed and arms, got --set ${other}`);
  return true;
}

/** A notebook's outputs are those of the notebook as it stands, under the kernel that it names. */
function checkWrite(
  { size, set, kernel, judge }: { readonly [option in "size" | "kernel" | "judge"]?: string } & { set?: string[] },
  words: readonly string[],
): true {
  if (size !== undefined && size !== "quick")
    throw new RangeError(`studies: --write must be at size quick, got ${size}`);
  const other = Object.entries({ set: set?.[0], kernel, judge }).find(([, value]) => value !== undefined);
  if (other !== undefined)
    throw new RangeError(`studies: --write must go without --set, --kernel and --judge, got --${other.join(" ")}`);
  const guide = words.find((name) => name.startsWith("guide/"));
  if (guide !== undefined) throw new RangeError(`studies: --write is for studies, not for the guide, got ${guide}`);
  return true;
}

/** A site is of all notebooks, as they were executed. */
function checkSite({ site, ...others }: { readonly site?: string }, words: readonly string[]): string {
  const [other] = [...words, ...Object.keys(others).map((name) => `--${name}`)];
  if (other !== undefined) throw new RangeError(`studies: --site must go alone, as it executes nothing, got ${other}`);
  if (site === undefined || site === "") throw new RangeError("studies: --site must be a folder, got nothing");
  return site;
}

/** A part of a file's name: "full.arms-vitRows-vitPatches.seed-1". What is long or odd is told apart by a digest. */
function nameOf(size: Size, set: readonly string[]): string {
  const parts = [...set].sort().map((text) => {
    const plain = text.replace(/[=,]/g, "-");
    if (plain.length <= 60 && /^[\w.+-]+$/.test(plain)) return plain;
    return `${plain.slice(0, plain.search(/[^\w]/))}-${createHash("sha256").update(text).digest("hex").slice(0, 8)}`;
  });
  return [size, ...parts].join(".");
}

/** "epochs=3" → epochs, 3; "optimizer=adam" → optimizer, "adam": what JSON reads is taken so, the rest is text. */
function parseAssignment(text: string): readonly [name: string, value: string] {
  const [, name, value] = /^([A-Za-z_$][\w$]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new RangeError(`studies: --set must be name=value, got ${text}`);
  try {
    return [name, JSON.stringify(JSON.parse(value))];
  } catch {
    return [name, JSON.stringify(value)];
  }
}

function parseTimeout(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0)) throw new RangeError(`studies: --timeout must be a number of seconds above 0, got ${text}`);
  return seconds;
}

function oneOf<T extends string>(what: string, name: string, known: readonly T[]): T {
  const found = known.find((one) => one === name);
  if (found === undefined)
    throw new RangeError(`studies: ${what} must be one of ${known.join(", ") || "(none is here)"}, got ${name}`);
  return found;
}
