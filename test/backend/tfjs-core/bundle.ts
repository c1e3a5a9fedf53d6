import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { build } from "esbuild";

const FOLDER = new URL("../../../node_modules/.cache/saccade", import.meta.url).pathname;

/**
 * Bundles a suite of tfjs-core's specs: they and our binding must share one copy of tfjs-core.
 * @param name "suite": suite.ts, beside this file
 * @returns the bundle's path
 */
export async function bundleSuite(name: string): Promise<string> {
  mkdirSync(FOLDER, { recursive: true });
  const outfile = `${FOLDER}/tfjs-core-${name}.cjs`;
  await build({
    entryPoints: [new URL(`./${name}.ts`, import.meta.url).pathname],
    outfile,
    bundle: true,
    platform: "node",
    format: "cjs",
    mainFields: ["module", "main"], // one copy of tfjs-core, with its specs
    ignoreAnnotations: true, // the packages call their specs free of side effects
    external: ["koffi", "jasmine"],
    target: "es2020",
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    define: { "import.meta.url": "__filename" },
    logLevel: "warning",
  });
  return outfile;
}

/** Runs a bundle in a process of its own and reads the report that is its last line. */
export function runSuite<Report>(bundle: string, ...options: string[]): Promise<Report> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bundle, ...options], { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    let errors = "";
    child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    child.on("close", (code, signal) => {
      const last = output.trimEnd().split("\n").at(-1) ?? "";
      if (code === 0 && last.startsWith("{")) resolve(JSON.parse(last) as Report);
      else reject(new Error(`the suite ended with ${code ?? signal}: ${errors.slice(-2000)}`));
    });
  });
}
