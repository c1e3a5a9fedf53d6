/**
 * dist/lib and dist/kernel, built by TypeScript 7 whenever what they are made from is not what they were made from.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { bundleKernel } from "./bundle.mjs";
import { fail } from "./failure.mjs";
import { nameVendored } from "./vendor.mjs";

const PARTS = ["lib", "kernel"];
/** The programs that make of what TypeScript gives what lies in dist. */
const BUILDERS = ["build.mjs", "bundle.mjs", "vendor.mjs"];

/**
 * Rebuilds every part whose sources changed, appeared or went, by content and not by time.
 * @param {string} root
 * @param {import("./jobs.mjs").Jobs} jobs
 * @param {{ tolerant?: boolean, parts?: readonly string[] }} [options] tolerant: sources with type errors are built and
 *   only warned about
 */
export async function ensureBuild(root, jobs, options = {}) {
  const stale = (options.parts ?? PARTS).filter((part) => isStale(root, part));
  await Promise.all(stale.map((part) => build(root, jobs, part, options.tolerant === true)));
}

/**
 * @param {string} root
 * @param {string} part
 */
function isStale(root, part) {
  const stamp = join(root, "dist", part, ".stamp");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== fingerprint(root, part)) return true;
  return sources(join(root, part)).some((file) => {
    const output = join(root, "dist", part, relative(join(root, part), file)).replace(/\.ts$/, "");
    return !existsSync(`${output}.js`) || !existsSync(`${output}.d.ts`);
  });
}

/**
 * @param {string} root
 * @param {import("./jobs.mjs").Jobs} jobs
 * @param {string} part
 * @param {boolean} tolerant
 */
async function build(root, jobs, part, tolerant) {
  const final = join(root, "dist", part);
  const partial = join(root, "dist", `${part}.partial`); // beside the final one, so that its source maps point right
  const before = fingerprint(root, part);
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  const started = performance.now();
  const ended = await jobs.run(
    process.execPath,
    [join(root, "node_modules/typescript/bin/tsc"), "-p", join(root, part), "--outDir", partial],
    { cwd: root },
  );
  if (ended.code !== 0 && !tolerant) {
    rmSync(final, { recursive: true, force: true }); // a stale build must not shadow the sources
    rmSync(partial, { recursive: true, force: true });
    fail(
      `${ended.output.trim()}\n\n${part}/ does not compile, so nothing was run: an older build would not ` +
        "be what the sources say.",
      "Mend the errors above and run the same command again.",
    );
  }
  if (part === "lib") nameVendored(partial, final);
  if (part === "kernel" && ended.code === 0) await bundleKernel(root, partial, final);
  if (ended.code === 0) writeFileSync(join(partial, ".stamp"), before);
  else console.error(`${ended.output.trim()}\n${part}/ has type errors (above); going on with what it compiles to.`);
  const replaced = join(root, "dist", `${part}.replaced.partial`);
  rmSync(replaced, { recursive: true, force: true });
  if (existsSync(final)) renameSync(final, replaced);
  renameSync(partial, final); // who reads the build meanwhile finds one or the other
  rmSync(replaced, { recursive: true, force: true });
  console.error(`  built ${part}/ in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}

/**
 * A digest of all that decides a part's build: its sources, what builds them, the settings, and the packages' versions.
 * @param {string} root
 * @param {string} part
 */
function fingerprint(root, part) {
  const hash = createHash("sha256");
  const files = [
    ...sources(join(root, part)),
    join(root, part, "tsconfig.json"),
    join(root, "tsconfig.json"),
    join(root, "package-lock.json"),
    ...BUILDERS.map((name) => join(import.meta.dirname, name)),
  ];
  for (const file of files)
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex");
}

/** @param {string} folder */
function sources(folder) {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts"))
    .sort()
    .map((name) => join(folder, name));
}
