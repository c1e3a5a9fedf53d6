import { closeSync, existsSync, openSync, readdirSync, realpathSync } from "node:fs";
import { join } from "node:path";
import koffi, { type LibraryHandle } from "koffi";
import { cacheFolder } from "../files/cache-folder.js";
import { findPages, releasePages } from "./library-pages.js";
import { hasNvidiaDriver } from "./nvidia-driver.js";

/** One TensorFlow library on this machine's disk. */
export interface LibraryFolder {
  /** Holds `libtensorflow_cc` and `libtensorflow_framework`. */
  readonly folder: string;
  /** Which build it is; "unknown" for a folder named by `SACCADE_TENSORFLOW`. */
  readonly build: "cpu" | "gpu" | "unknown";
}

/** TensorFlow's two libraries, opened. Symbols are looked for in `cc`, then in `framework`. */
export interface Library extends LibraryFolder {
  readonly cc: LibraryHandle;
  readonly framework: LibraryHandle;
}

/** When calls from one library to another are looked up: all at once, or each where it is first made. */
const [RTLD_LAZY, RTLD_NOW] = [1, 2];
const RTLD_NODELETE = process.platform === "darwin" ? 0x80 : 0x1000;

function fileNames(): { cc: string; framework: string } {
  return process.platform === "darwin"
    ? { cc: "libtensorflow_cc.2.dylib", framework: "libtensorflow_framework.2.dylib" }
    : { cc: "libtensorflow_cc.so.2", framework: "libtensorflow_framework.so.2" };
}

/**
 * The libraries that may be tried, best first: the folder that `SACCADE_TENSORFLOW` names and no other, or
 * what lies in the cache as `tensorflow/<version>-<cpu|gpu>-<platform>-<arch>/`: the CUDA build first
 * where there is an NVIDIA driver, newer versions before older ones.
 */
export function findLibraries(): LibraryFolder[] {
  const named = process.env.SACCADE_TENSORFLOW;
  if (named) return hasLibrary(named) ? [{ folder: named, build: "unknown" }] : [];
  const root = join(cacheFolder(), "tensorflow");
  if (!existsSync(root)) return [];
  const wantsGpu = hasNvidiaDriver();
  const found = readdirSync(root).flatMap((name) => {
    const match = /^(\d+\.\d+\.\d+)-(cpu|gpu)-(\w+)-(\w+)$/.exec(name);
    if (!match || match[3] !== process.platform || match[4] !== process.arch) return [];
    const folder = join(root, name);
    return hasLibrary(folder) ? [{ folder, version: match[1]!, build: match[2] as "cpu" | "gpu" }] : [];
  });
  const rank = (build: "cpu" | "gpu") => ((build === "gpu") === wantsGpu ? 0 : 1);
  return found
    .sort((a, b) => rank(a.build) - rank(b.build) || b.version.localeCompare(a.version, "en", { numeric: true }))
    .map(({ folder, build }) => ({ folder, build }));
}

/** Says where a library was looked for, to be read after "no TensorFlow library". */
export function searchedPlaces(): string {
  const named = process.env.SACCADE_TENSORFLOW;
  if (named) return `in ${named} (SACCADE_TENSORFLOW)`;
  const source = process.env.SACCADE_CACHE ? "SACCADE_CACHE" : "SACCADE_CACHE is not set";
  return `in ${join(cacheFolder(), "tensorflow")} (${source})`;
}

/**
 * Opens TensorFlow's two libraries for the rest of the process. TensorFlow's notices are dropped unless
 * `TF_CPP_MIN_LOG_LEVEL` says otherwise. oneDNN's kernels are on unless `TF_ENABLE_ONEDNN_OPTS` says otherwise: by
 * itself TensorFlow takes them on processors with instructions for neural networks only, though they are faster with
 * AVX2 alone too.
 *
 * In graphs that take bfloat16, ops that add up many numbers stay in float32, see {@link keepSumsInFloat32}.
 *
 * @throws Error with the loader's message when one of them cannot be opened
 */
export function openLibrary(found: LibraryFolder): Library {
  const names = fileNames();
  keepSumsInFloat32();
  const open = (): Library =>
    withOneDnn(() => {
      // A library that was fetched is whole; of one that is named, what is missing shall be said now, not in a call.
      const when = found.build === "unknown" ? RTLD_NOW : RTLD_LAZY;
      const framework = openForGood(join(found.folder, names.framework), when);
      forgetLoading(found.folder);
      const cc = openForGood(join(found.folder, names.cc), when);
      forgetLoading(found.folder);
      return { ...found, framework, cc };
    });
  if (process.env.TF_CPP_MIN_LOG_LEVEL !== undefined) return open();
  // its errors, not its notices; among several processes not even these, which each would log of each other one
  process.env.TF_CPP_MIN_LOG_LEVEL = process.env.TF_CONFIG ? "3" : "2";
  return withoutStderr(open);
}

/** What TensorFlow would otherwise bring to bfloat16 behind a product. Its BiasAddGrad of 4,096 ones is 256 then. */
const SUMS = ["BiasAddGrad", "Sum", "Mean", "Prod", "AddN", "Softmax", "LogSoftmax"];
const LIST = "TF_AUTO_MIXED_PRECISION_GRAPH_REWRITE_INFERLIST_REMOVE";

/**
 * TensorFlow reads the list whenever it brings a graph to bfloat16. It is set before any of its threads runs, and by
 * libc, as a worker thread's `process.env` is a copy.
 */
function keepSumsInFloat32(): void {
  const libc = koffi.load(null);
  const getenv = libc.func("const char* getenv(const char* name)");
  const setenv = libc.func("int setenv(const char* name, const char* value, int overwrite)");
  const given = (getenv(LIST) as string | null)?.split(",") ?? [];
  setenv(LIST, [...new Set([...given, ...SUMS])].join(), 1);
}

/** TensorFlow reads the variable while it is loaded; children of this process shall not inherit it. */
function withOneDnn<Result>(load: () => Result): Result {
  if (process.arch !== "x64" || process.env.TF_ENABLE_ONEDNN_OPTS !== undefined) return load();
  process.env.TF_ENABLE_ONEDNN_OPTS = "1";
  try {
    return load();
  } finally {
    delete process.env.TF_ENABLE_ONEDNN_OPTS;
  }
}

function forgetLoading(folder: string): void {
  findPages(realpathSync(folder));
  releasePages();
}

/**
 * TensorFlow's threads outlive koffi, which closes its libraries at a process's natural end: unmapped code
 * under running threads is a crash (exit code 139). RTLD_NODELETE keeps the library mapped.
 */
function openForGood(path: string, when: number): LibraryHandle {
  const libc = koffi.load(null);
  const dlopen = libc.func("void* dlopen(const char* path, int flags)");
  const dlerror = libc.func("const char* dlerror()");
  if (!dlopen(path, when | RTLD_NODELETE)) {
    throw new Error(`cannot open ${path}: ${String(dlerror() ?? "unknown reason")}`);
  }
  return koffi.load(path);
}

/**
 * Runs `work` with the process's stderr closed off: while it is loaded, TensorFlow 2.21 prints a notice about
 * oneDNN that no log level stops. The loader's own errors do not go to stderr.
 */
export function withoutStderr<Result>(work: () => Result): Result {
  const libc = koffi.load(null);
  const dup = libc.func("int dup(int fd)");
  const dup2 = libc.func("int dup2(int from, int to)");
  const kept: number = dup(2);
  const nowhere = openSync("/dev/null", "w");
  try {
    dup2(nowhere, 2);
    return work();
  } finally {
    dup2(kept, 2);
    closeSync(kept);
    closeSync(nowhere);
  }
}

function hasLibrary(folder: string): boolean {
  const names = fileNames();
  return existsSync(join(folder, names.cc)) && existsSync(join(folder, names.framework));
}
