/**
 * The one program behind every npm script: `node lib/cli/bootstrap.mjs COMMAND [ARGUMENTS]`.
 *
 * Plain JavaScript without a dependency, because it runs before anything is installed: it installs the npm packages,
 * builds the library and the kernel where a source changed, and hands over to dist/lib/cli/<command>.js, whose
 * `run(args, project)` returns the exit code. Nothing is done twice; a second process waits for the first.
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
import { startProgress } from "./bootstrap/progress.mjs";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** @param {string[]} argv */
async function main(argv) {
  const [command, ...args] = argv;
  const known = command !== undefined && Object.hasOwn(COMMANDS, command) ? COMMANDS[command] : undefined;
  if (command === "--help" || command === "-h") {
    console.log(listOf());
    return 0;
  }
  if (known === undefined || command === undefined) {
    const said = command === undefined ? "No command given" : `Unknown command "${command}"`;
    console.error(`${said}. ${listOf()}`);
    return 2;
  }
  const entry = join(root, "dist/lib/cli", `${command.replaceAll(":", "-")}.js`);
  if (args.some((arg) => arg === "--help" || arg === "-h") && !existsSync(entry)) {
    console.log(`npm run ${command}: ${known.does}`); // nothing is set up only to say more
    return 0;
  }
  checkPlatform();
  // The same folder for whoever is started from here in another one: Jupyter's kernels run in the notebook's.
  if (process.env["SACCADE_CACHE"]) process.env["SACCADE_CACHE"] = resolve(process.env["SACCADE_CACHE"]);
  const lockFile = join(root, ".saccade", "lock");
  const jobs = openJobs(lockFile);
  endWithSignals(jobs);
  await withLock(lockFile, async () => {
    await ensurePackages(root, jobs);
    await ensureBuild(root, jobs, { tolerant: known.tolerant === true });
    await ensureDeclarations(root);
  });
  if (!existsSync(entry))
    fail(
      `The command ${command} is not in this checkout's build (${entry} is missing).`,
      "Run `git status` to see whether a source was removed.",
    );
  const { run } = await import(pathToFileURL(entry).href);
  return await run(args, { root, jobs, lockFile, withLock, startProgress });
}

function listOf() {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(([name, { does }]) => `  ${name.padEnd(width)}  ${does}`);
  return `The known ones (npm run NAME -- ARGUMENTS, or --help):\n${lines.join("\n")}`;
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
      "Install WSL (`wsl --install`), clone the project inside it, and run the same command there.",
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
