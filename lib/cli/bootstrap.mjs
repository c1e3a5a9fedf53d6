#!/usr/bin/env node
/**
 * The one program behind every npm script, `node lib/cli/bootstrap.mjs COMMAND [ARGUMENTS]`, and behind `npx saccade
 * COMMAND [ARGUMENTS]` in a project that Saccade is installed in.
 *
 * Plain JavaScript without a dependency, because it runs before anything is installed: in a checkout it installs the
 * npm packages and builds the library and the kernel where a source changed. It hands over to
 * dist/lib/cli/<command>.js, whose `run(args, project)` returns the exit code. Nothing is done twice; a second process
 * waits for the first.
 */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { ensureBuild } from "./bootstrap/build.mjs";
import { ensureDeclarations } from "./bootstrap/declarations.mjs";
import { COMMANDS } from "./bootstrap/commands.mjs";
import { fail, Failure } from "./bootstrap/failure.mjs";
import { endWithSignals, openJobs } from "./bootstrap/jobs.mjs";
import { withLock } from "./bootstrap/lock.mjs";
import { ensurePackages } from "./bootstrap/packages.mjs";
import { isCheckout, workFolder } from "./bootstrap/places.mjs";
import { ensureVendor } from "./bootstrap/vendor.mjs";
import { startProgress } from "./bootstrap/progress.mjs";

/** The folder of the package, and the one to work in, which is the same for a checkout's own scripts. */
const packageFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const root = workFolder(packageFolder, process.argv[1] ?? "", process.cwd());
const own = root === packageFolder;
const commands = Object.fromEntries(Object.entries(COMMANDS).filter(([, { checkout }]) => own || checkout !== true));

/** @param {string[]} argv */
async function main(argv) {
  const [command, ...args] = argv;
  const known = command !== undefined && Object.hasOwn(commands, command) ? commands[command] : undefined;
  if (command === "--help" || command === "-h") {
    console.log(listOf());
    return 0;
  }
  if (known === undefined || command === undefined) {
    const said = command === undefined ? "No command given" : `Unknown command "${command}"`;
    console.error(`${said}. ${listOf()}`);
    return 2;
  }
  const entry = join(packageFolder, "dist/lib/cli", `${command.replaceAll(":", "-")}.js`);
  if (args.some((arg) => arg === "--help" || arg === "-h") && !existsSync(entry)) {
    console.log(`${own ? "npm run" : "npx saccade"} ${command}: ${known.does}`); // nothing is set up only to say more
    return 0;
  }
  checkPlatform();
  // The same folder for whoever is started from here in another one: Jupyter's kernels run in the notebook's.
  if (process.env["SACCADE_CACHE"]) process.env["SACCADE_CACHE"] = resolve(process.env["SACCADE_CACHE"]);
  if (!own) process.env["SACCADE_PROJECT"] = root; // what is said then names `npx saccade`
  const lockFile = join(root, ".saccade", "lock");
  const jobs = openJobs(lockFile);
  endWithSignals(jobs);
  if (isCheckout(packageFolder)) await build(own ? jobs : undefined, known.tolerant === true);
  if (!existsSync(entry)) sayMissing(command, entry);
  const { run } = await import(pathToFileURL(entry).href);
  return await run(args, { root, packageFolder, jobs, lockFile, withLock, startProgress });
}

/**
 * The checkout's packages, build and types.
 * @param {import("./bootstrap/jobs.mjs").Jobs | undefined} given undefined where the lock to record them in is another
 * @param {boolean} tolerant
 */
async function build(given, tolerant) {
  const lockFile = join(packageFolder, ".saccade", "lock");
  const jobs = given ?? openJobs(lockFile);
  if (given === undefined) endWithSignals(jobs);
  await withLock(lockFile, async () => {
    await ensurePackages(packageFolder, jobs);
    ensureVendor(packageFolder);
    await ensureBuild(packageFolder, jobs, { tolerant });
    await ensureDeclarations(packageFolder);
  });
}

/**
 * @param {string} command
 * @param {string} entry
 * @returns {never}
 */
function sayMissing(command, entry) {
  const said = `The command ${command} is not in this build (${entry} is missing).`;
  if (isCheckout(packageFolder)) fail(said, "Run `git status` to see whether a source was removed.");
  if (!existsSync(join(packageFolder, "dist/lib")))
    fail(
      `This package of Saccade has no build (${packageFolder}/dist/lib is missing): it was packed without one.`,
      "Pack it by `npm run pack` in the checkout (`npm pack` alone does not build), and install that tarball.",
    );
  fail(said, "Pack Saccade anew by `npm run pack` in its checkout, and install that tarball.");
}

function listOf() {
  const width = Math.max(...Object.keys(commands).map((name) => name.length));
  const lines = Object.entries(commands).map(([name, { does }]) => `  ${name.padEnd(width)}  ${does}`);
  const form = own ? "npm run NAME -- ARGUMENTS" : "npx saccade NAME ARGUMENTS";
  return `The known ones (${form}, or --help):\n${lines.join("\n")}`;
}

function checkPlatform() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    fail(
      `Saccade needs Node 20.19 or later; this is ${process.version} (${process.execPath}).`,
      "Install a newer Node (https://nodejs.org) and run the same command again.",
    );
  }
  if (process.platform === "win32") {
    fail(
      "Saccade does not run on Windows itself: TensorFlow's library for it lacks what is used here.",
      "Install WSL (`wsl --install`), and run the same command inside it.",
    );
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
