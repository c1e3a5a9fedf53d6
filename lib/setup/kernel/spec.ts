/** The kernelspec: what Jupyter reads to start this kernel. */
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { cacheFolder } from "../../files/cache-folder.js";
import { replaceFolder } from "../../files/replace-folder.js";

export const DEFAULT_NAME = "saccade";
export const DEFAULT_TITLE = "TypeScript (Saccade)";
const LOGOS = ["logo-32x32.png", "logo-64x64.png", "logo-svg.svg"];

/** A kernel.json of ours. */
export interface KernelSpec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  readonly interrupt_mode: string;
  /** Folders that set-up was given, for a kernel that is started without the variables that name them. */
  readonly env?: Readonly<Record<string, string>>;
  readonly metadata: {
    readonly debugger: boolean;
    readonly saccade?: { readonly version: string; readonly root: string };
  };
}

/** An installed kernel of ours, of this Saccade or another. */
export interface InstalledKernel {
  readonly name: string;
  readonly folder: string;
  readonly spec: KernelSpec;
  readonly version: string;
  /** The folder of the Saccade that it runs: a checkout, or a project's node_modules/saccade. */
  readonly root: string;
}

/** The spec's text; without these options of Node's an interrupt may end the process. */
function specText(root: string, title: string, node = process.execPath): string {
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const spec: KernelSpec = {
    argv: [
      node,
      "--no-force-async-hooks-checks",
      "--expose-internals",
      join(root, "dist/kernel/main.js"),
      "{connection_file}",
    ],
    display_name: title,
    language: "typescript",
    interrupt_mode: "message",
    ...keptFolders(process.env),
    metadata: { debugger: true, saccade: { version, root } },
  };
  return `${JSON.stringify(spec, null, 2)}\n`;
}

function keptFolders({ SACCADE_TENSORFLOW, ...rest }: NodeJS.ProcessEnv): Pick<KernelSpec, "env"> {
  const cache = cacheFolder(rest);
  const env = {
    ...(cache === cacheFolder({}) ? {} : { SACCADE_SETUP_CACHE: cache }),
    ...(SACCADE_TENSORFLOW ? { SACCADE_SETUP_TENSORFLOW: resolve(SACCADE_TENSORFLOW) } : {}),
  };
  return Object.keys(env).length === 0 ? {} : { env };
}

/** Whether `folder` holds exactly the spec of the Saccade in `root`, and its logos. */
export function isInstalled(folder: string, root: string, title = DEFAULT_TITLE): boolean {
  const file = join(folder, "kernel.json");
  return (
    existsSync(file) &&
    readFileSync(file, "utf8") === specText(root, title) &&
    LOGOS.every((logo) => existsSync(join(folder, logo)))
  );
}

/** Writes spec and logos to `folder`, whole or not at all. */
export function writeKernel(folder: string, root: string, title = DEFAULT_TITLE): void {
  replaceFolder(folder, (partial) => {
    writeFileSync(join(partial, "kernel.json"), specText(root, title));
    for (const logo of LOGOS) copyFileSync(join(root, "kernel/logos", logo), join(partial, logo));
  });
}

/** Our kernels in `folder`. */
export function kernelsIn(folder: string): InstalledKernel[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => {
      const file = join(folder, name, "kernel.json");
      const spec = existsSync(file) ? readSpec(file) : undefined;
      const ours = spec?.metadata?.saccade;
      return spec && ours && !name.endsWith(".partial") ? [{ name, folder: join(folder, name), spec, ...ours }] : [];
    });
}

/** Another kernel's file may hold anything. */
function readSpec(file: string): KernelSpec | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as KernelSpec;
  } catch {
    return undefined;
  }
}
