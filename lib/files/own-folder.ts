/** Where this library lies: in its checkout, or installed in the node_modules of a project. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The folder of the package `saccade`: the checkout, or `node_modules/saccade`. */
export function ownFolder(): string {
  return dirname(createRequire(import.meta.url).resolve("saccade/package.json"));
}

/** This package's version. */
export function ownVersion(): string {
  return (createRequire(import.meta.url)("saccade/package.json") as { readonly version: string }).version;
}

/** Whether this is a checkout: what is installed has no sources. */
export function inCheckout(): boolean {
  return existsSync(join(ownFolder(), "lib/index.ts"));
}

/**
 * A command as a reader types it: "setup" → `npm run setup` in the checkout, `npx saccade setup` in a project of
 * one's own.
 * @param line the command and its arguments: "clean --cache"
 */
export function typed(line: string): string {
  if (!inCheckout() || process.env[PROJECT_VARIABLE]) return `npx saccade ${line}`;
  const [command, ...rest] = line.split(" ");
  return ["npm run", command, ...(rest.length > 0 ? ["--", ...rest] : [])].join(" ");
}

/** Set by the bootstrap to the folder of the project that it works in, where that is not the checkout. */
const PROJECT_VARIABLE = "SACCADE_PROJECT";
