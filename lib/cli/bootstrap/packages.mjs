/** node_modules as the lock file says, and `saccade` in it as a link to this project. */
import { createHash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fail } from "./failure.mjs";
import { startProgress } from "./progress.mjs";

/** Written last: where it is missing or differs, an install was cut short or is of another lock file. */
const STAMP = "node_modules/.saccade-stamp";

/**
 * Installs the packages unless they are there, complete and of this lock file.
 * @param {string} root
 * @param {import("./jobs.mjs").Jobs} jobs
 */
export async function ensurePackages(root, jobs) {
  const lock = readFileSync(join(root, "package-lock.json"), "utf8");
  const names = expectedFolders(lock);
  const stamp = createHash("sha256").update(lock).update(`${process.platform}-${process.arch}`).digest("hex");
  if (readStamp(root) !== stamp || names.some((name) => !existsSync(join(root, name))))
    await install(root, jobs, names.length, stamp);
  linkSelf(root);
}

/**
 * @param {string} root
 * @param {import("./jobs.mjs").Jobs} jobs
 * @param {number} total
 * @param {string} stamp
 */
async function install(root, jobs, total, stamp) {
  console.error("Saccade installs its npm packages first (about 550 MB on disk, 175 MB to download, a minute).");
  rmSync(join(root, STAMP), { force: true });
  const progress = startProgress(
    "npm packages",
    async () => `${await countFolders(join(root, "node_modules"))} of ${total} packages`,
  );
  const npm = process.env["npm_execpath"];
  // also under `npm --silent`, which would leave a failure without a word
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const ended =
    npm !== undefined && /npm-cli\.c?js$/.test(npm)
      ? await jobs.run(process.execPath, [npm, ...args], { cwd: root })
      : await jobs.run("npm", args, { cwd: root });
  progress.stop(ended.code === 0 ? `${total} packages, ${megabytes(join(root, "node_modules"))} MB` : "failed");
  if (ended.code !== 0) {
    fail(
      `${ended.output.trim()}\n\nThe npm packages could not be installed (npm ci ended with ` +
        `${ended.code ?? ended.signal}); nothing here works without them.`,
      explain(ended.output),
    );
  }
  writeFileSync(join(root, STAMP), stamp);
}

/** @param {string} output */
function explain(output) {
  if (/ENOSPC|no space left/i.test(output))
    return "The disk is full: free about 600 MB and run the same command again.";
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET|network/i.test(output))
    return (
      "The npm registry could not be reached: check the network or the proxy (`npm ping`) and run the same " +
      "command again."
    );
  if (/EINTEGRITY/.test(output))
    return "A package arrived corrupt: run `npm cache verify` and then the same command again.";
  return "Mend what npm says above and run the same command again.";
}

/** @param {string} root */
function readStamp(root) {
  const file = join(root, STAMP);
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/**
 * Folders of the packages that every platform gets, from the lock file.
 * @param {string} lock
 */
function expectedFolders(lock) {
  /** @type {Record<string, { optional?: boolean, devOptional?: boolean, peer?: boolean }>} */
  const packages = JSON.parse(lock).packages ?? {};
  return Object.keys(packages).filter(
    (path) => path !== "" && packages[path]?.optional !== true && packages[path]?.devOptional !== true,
  );
}

/** @param {string} folder */
function megabytes(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const bytes = files.reduce(
    (sum, name) => sum + (lstatSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
  return Math.round(bytes / 1e6);
}

/** @param {string} folder */
async function countFolders(folder) {
  if (!existsSync(folder)) return 0;
  let count = 0;
  for (const name of await readdir(folder)) {
    if (name.startsWith("@")) count += (await readdir(join(folder, name)).catch(() => [])).length;
    else if (!name.startsWith(".")) count++;
  }
  return count;
}

/**
 * `import … from "saccade"` from notebooks, scripts and tests; tslab resolves as Node 10 did and needs a real folder.
 * @param {string} root
 */
function linkSelf(root) {
  const link = join(root, "node_modules/saccade");
  const found = lstatSync(link, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() && readlinkSync(link) === "..") return;
  mkdirSync(join(root, "node_modules"), { recursive: true });
  const partial = `${link}.${process.pid}.partial`;
  rmSync(partial, { force: true });
  symlinkSync("..", partial);
  if (found !== undefined && !found.isSymbolicLink()) rmSync(link, { recursive: true });
  renameSync(partial, link);
}
