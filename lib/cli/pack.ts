/**
 * `npm run pack`: the tarball of this checkout, built from its sources as they are. Plain `npm pack` cannot build it,
 * as .npmrc turns scripts off; the `pack-destination` there is a folder that does not exist, so that it fails.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { formatBytes } from "../setup/project.js";
import { commandOf, readCommandLine } from "./command-line.js";
import { PARTS } from "./prepack.js";

const USAGE = {
  command: "pack",
  does: "Builds this checkout and packs it: the tarball that `npm install` takes in a project of your own.",
  options: { "pack-destination": { value: "DIR", does: "where the tarball goes; default: the checkout" } },
} as const;

/** What `npm pack --json` says of one package. */
interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

export const run = commandOf(
  USAGE,
  (args) => readCommandLine(USAGE, args),
  ({ values }, { packageFolder }) => {
    // npm starts its scripts in the checkout, and names the folder that it was typed in
    const typedIn = process.env["INIT_CWD"] ?? process.cwd();
    const asked = values["pack-destination"];
    const folder = asked === undefined ? packageFolder : resolve(typedIn, asked);
    mkdirSync(folder, { recursive: true });
    const packed = npmPack(packageFolder, folder);
    if (packed === undefined) return 1;
    const missing = PARTS.filter((part) => !packed.files.some(({ path }) => path === part));
    for (const path of missing) console.error(`pack: ${path} is not in the tarball; remove dist and try again`);
    if (missing.length > 0) return 1;
    const sizes = `${formatBytes(packed.size)}, ${formatBytes(packed.unpackedSize)} unpacked`;
    console.log(`${join(folder, packed.filename)}   ${packed.files.length} files, ${sizes}`);
    return 0;
  },
);

/** @returns undefined where npm failed; it has said why */
function npmPack(root: string, folder: string): Packed | undefined {
  const npm = process.env["npm_execpath"] ?? "";
  const [program, before] = /npm-cli\.c?js$/.test(npm) ? [process.execPath, [npm]] : ["npm", []];
  const args = ["pack", "--ignore-scripts", "--json", "--loglevel=error", "--pack-destination", folder];
  const { status, stdout, error } = spawnSync(program, [...before, ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 2 ** 26,
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) {
    console.error(`pack: npm pack ended with ${error?.message ?? status}${stdout ? `: ${stdout.trim()}` : ""}`);
    return undefined;
  }
  // a list in npm 10, an object by name from npm 11 on
  return Object.values(JSON.parse(stdout) as Record<string, Packed>)[0];
}
