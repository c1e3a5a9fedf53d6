/** TensorFlow's C library, fetched as PyPI's wheel and unpacked into the cache folder that all clones share. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { typed } from "../files/own-folder.js";
import { cacheFolder } from "../files/cache-folder.js";
import { hasNvidiaDriver } from "../backend/nvidia-driver.js";
import { sha256Of } from "../files/digest.js";
import { diskBytes } from "../files/disk-bytes.js";
import { fetchLibrary, isUnpacked } from "./fetch-library.js";
import { formatBytes, hasVenv, venvProgram, type Project } from "./project.js";
import { findPython, pythonEnv } from "./python.js";
import { failureOf, StepFailure, type Step } from "./setup-step.js";
import { wheelFor, type Wheel } from "./wheels.js";

/** The wheel for this machine, with CUDA where a driver for it is. */
function chosenWheel(): Wheel | null {
  return wheelFor(process.platform, process.arch, hasNvidiaDriver());
}

/** @param wheel null: this platform has none, which the step then says */
export function tensorflowStep(
  project: Project,
  wheel: Wheel | null = chosenWheel(),
  cache: string = cacheFolder(),
): Step {
  const home = join(cache, "tensorflow");
  const { companions } = wheel ?? { companions: undefined };
  return {
    name: "TensorFlow's library",
    needs: [],
    cost: {
      downloadBytes: (wheel?.sizeBytes ?? 0) + (companions?.downloadBytes ?? 0),
      diskBytes: wheel === null ? 0 : librariesBytes(wheel) + wheel.sizeBytes + (companions?.diskBytes ?? 0),
      seconds: wheel === null ? 0 : 60,
    },
    folder: home,
    leftBytes: () =>
      ["download.partial", "nvidia.partial", `${wheel?.folder}.partial`].reduce(
        (sum, name) => sum + diskBytes(join(home, name)),
        0,
      ),
    withoutIt: "the library computes on its fallback backend (WebAssembly): the same results, several times slower",
    done: () =>
      hasOwnLibrary() ||
      (wheel !== null &&
        isUnpacked(home, wheel) &&
        (companions === undefined || readStamp(home) === companionStamp(project, wheel))),
    run: async (say) => {
      if (wheel === null) {
        throw new StepFailure(
          `PyPI has no TensorFlow wheel for ${process.platform}-${process.arch}.`,
          "Nothing is to be done here; a Linux machine (x64 or arm64) or a Mac with an M chip has it.",
        );
      }
      mkdirSync(home, { recursive: true });
      return await project.withLock(join(home, ".lock"), () => install(project, home, wheel, say));
    },
  };
}

async function install(project: Project, home: string, wheel: Wheel, say: (state: string) => void): Promise<string> {
  const python = await pythonOf(project, wheel);
  if (python === undefined) {
    await fetchLibrary(wheel, home).catch((error: Error) => {
      throw new StepFailure(`${error.message}.`, "Check the network and run the same command again.");
    });
    return `${wheel.folder}, ${formatBytes(librariesBytes(wheel))}`;
  }
  if (!isUnpacked(home, wheel)) {
    const requirement = `${wheel.package}==${wheel.version} --hash=sha256:${wheel.sha256}\n`;
    const [file] = await fetchWheels(project, python, home, "library", wheel, requirement, wheel.sizeBytes, say);
    if (file === undefined || (await sha256Of(file)) !== wheel.sha256) {
      if (file !== undefined) rmSync(file);
      throw new StepFailure(
        `${basename(file ?? wheel.package)} arrived corrupt (its sha256 is not ${wheel.sha256}).`,
        "Run the same command again; it is fetched anew.",
      );
    }
    await unpack(
      project,
      python,
      file,
      join(home, wheel.folder),
      Object.keys(wheel.libraries),
      librariesBytes(wheel),
      say,
    );
    if (!isUnpacked(home, wheel))
      throw new StepFailure(
        `${basename(file)} holds libraries of other sizes than expected.`,
        `Please report this with the output of \`${typed("doctor")}\`.`,
      );
  }
  if (wheel.companions !== undefined) await installCompanions(project, python, home, wheel, wheel.companions, say);
  rmSync(join(home, "download.partial"), { recursive: true, force: true });
  return (
    `${wheel.folder}, ` +
    `${formatBytes(librariesBytes(wheel))}${wheel.untested === undefined ? "" : ` (${wheel.untested})`}`
  );
}

/**
 * The Python whose pip fetches the wheels, since it knows the user's index and proxy. Without one, the library alone
 * can be fetched.
 */
async function pythonOf(project: Project, wheel: Wheel): Promise<string | undefined> {
  if (hasVenv(project)) return venvProgram(project, "python");
  try {
    return (await findPython(project.jobs)).program;
  } catch (error) {
    if (wheel.companions !== undefined || !(error instanceof StepFailure)) throw error;
    return undefined;
  }
}

/** NVIDIA's libraries, where the wheel's run path looks for them: nvidia/ beside the library's folder. */
async function installCompanions(
  project: Project,
  python: string,
  home: string,
  wheel: Wheel,
  companions: NonNullable<Wheel["companions"]>,
  say: (state: string) => void,
): Promise<void> {
  const stamp = companionStamp(project, wheel);
  if (readStamp(home) === stamp) return;
  const requirements = readFileSync(resolve(project.packageFolder, companions.requirements), "utf8");
  const files = await fetchWheels(
    project,
    python,
    home,
    "companions",
    wheel,
    requirements,
    companions.downloadBytes,
    say,
  );
  const partial = join(home, "nvidia.partial");
  rmSync(partial, { recursive: true, force: true });
  for (const file of files)
    await unpack(project, python, file, partial, ["--prefix", "nvidia/"], companions.diskBytes, say, "merge");
  writeFileSync(join(partial, "nvidia/.saccade-stamp"), stamp);
  rmSync(join(home, "nvidia"), { recursive: true, force: true });
  renameSync(join(partial, "nvidia"), join(home, "nvidia"));
  rmSync(partial, { recursive: true });
}

/**
 * `pip download` with published digests, under the user's own pip settings.
 * @param label folder of this download: a wheel that arrived before an interruption is taken from there
 * @returns the wheels' paths
 */
async function fetchWheels(
  project: Project,
  python: string,
  home: string,
  label: string,
  wheel: Wheel,
  requirements: string,
  totalBytes: number,
  say: (state: string) => void,
): Promise<string[]> {
  const work = join(home, "download.partial", label);
  const wheels = join(work, "wheels");
  rmSync(join(work, "tmp"), { recursive: true, force: true });
  mkdirSync(join(work, "tmp"), { recursive: true });
  mkdirSync(wheels, { recursive: true });
  writeFileSync(join(work, "requirements.txt"), requirements);
  const watch = setInterval(() => say(`${formatBytes(diskBytes(work))} of ${formatBytes(totalBytes)}`), 500);
  const platforms = wheel.platforms.flatMap((platform) => ["--platform", platform]);
  const args = [
    "-m",
    "pip",
    "download",
    "--no-cache-dir",
    "--no-deps",
    "--only-binary=:all:",
    "--python-version",
    wheel.pythonVersion,
    ...platforms,
  ];
  const ended = await project.jobs
    .run(
      python,
      [...args, "--require-hashes", "--progress-bar=off", "-d", wheels, "-r", join(work, "requirements.txt")],
      { env: { ...pythonEnv(), TMPDIR: join(work, "tmp") } },
    )
    .finally(() => clearInterval(watch));
  if (ended.code !== 0) throw failureOf("pip download", ended);
  return readdirSync(wheels).map((name) => join(wheels, name));
}

async function unpack(
  project: Project,
  python: string,
  wheel: string,
  folder: string,
  members: readonly string[],
  totalBytes: number,
  say: (state: string) => void,
  mode: "replace" | "merge" = "replace",
): Promise<void> {
  const partial = mode === "merge" ? folder : `${folder}.partial`;
  if (mode === "replace") rmSync(partial, { recursive: true, force: true });
  const program = join(project.packageFolder, "lib/setup/unpack-wheel.py");
  const ended = await project.jobs.run(python, [program, wheel, partial, ...members], {
    onOutput: (text) =>
      say(`unpacking ${formatBytes(Number(text.trim().split("\n").at(-1)) || 0)} of ${formatBytes(totalBytes)}`),
  });
  if (ended.code !== 0) throw failureOf("unpacking", ended);
  if (mode === "merge") return;
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
}

/** `SACCADE_TENSORFLOW` names a folder with a library of the user's own, which the backend then takes. */
function hasOwnLibrary(): boolean {
  return (process.env["SACCADE_TENSORFLOW"] ?? "") !== "";
}

function librariesBytes(wheel: Wheel): number {
  return Object.values(wheel.libraries).reduce((sum, bytes) => sum + bytes, 0);
}

function companionStamp({ packageFolder }: Project, wheel: Wheel): string {
  return wheel.companions === undefined
    ? ""
    : createHash("sha256")
        .update(readFileSync(resolve(packageFolder, wheel.companions.requirements)))
        .digest("hex");
}

function readStamp(home: string): string | undefined {
  const file = join(home, "nvidia/.saccade-stamp");
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
