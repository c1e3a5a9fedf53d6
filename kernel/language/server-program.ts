/** Where TypeScript 7's server lies for this machine. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Path of TypeScript's native program for this platform. */
export function serverProgram(): string {
  const typescript = createRequire(import.meta.url).resolve("typescript/package.json");
  const platform = createRequire(typescript).resolve(
    `@typescript/typescript-${process.platform}-${process.arch}/package.json`,
  );
  return join(dirname(platform), "lib", process.platform === "win32" ? "tsc.exe" : "tsc");
}
