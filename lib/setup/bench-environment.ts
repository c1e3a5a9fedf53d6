/**
 * The virtual environment .venv-bench: the peers of `npm run bench -- training` and `inference`, PyTorch and TensorFlow
 * for the CPU; of inference also OpenVINO, and, in a folder of npm's below it, ONNX Runtime.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Project } from "./project.js";
import { freshVenv, pythonEnv } from "./python.js";
import { failureOf, type Step } from "./setup-step.js";
import { stampOf } from "./stamp.js";

/** What PyTorch imports; resolved for Python 3.10 to 3.13. */
const TORCH_REQUIREMENTS = "lib/setup/bench-torch-requirements.txt";
/** TensorFlow and what it imports where nothing of Keras is used; resolved for Python 3.10 to 3.13. */
const TENSORFLOW_REQUIREMENTS = "lib/setup/bench-tensorflow-requirements.txt";
/** PyPI's own wheel for Linux brings CUDA; this one does not. */
const TORCH = "torch==2.13.0+cpu";
const TORCH_INDEX = "https://download.pytorch.org/whl/cpu";
/** OpenVINO and what it imports; resolved for Python 3.10 to 3.13. */
const OPENVINO_REQUIREMENTS = "lib/setup/bench-openvino-requirements.txt";
const ONNX_RUNTIME = "onnxruntime-node@1.30.0";
export const BENCH_VENV = ".venv-bench";
/** Where npm puts ONNX Runtime's package for Node: it is a peer, and no dependency. */
export const ONNX_RUNTIME_FOLDER = `${BENCH_VENV}/onnxruntime`;
export const TORCH_STEP = "PyTorch for the bench";
export const TENSORFLOW_STEP = "TensorFlow for the bench";

/** PyTorch, which makes the environment, and then TensorFlow into it. */
export function benchSteps(project: Project): readonly Step[] {
  return [torchStep(project), tensorflowStep(project)];
}

/** {@link benchSteps}, and the peers that only run networks. */
export function inferenceSteps(project: Project): readonly Step[] {
  return [...benchSteps(project), onnxRuntimeStep(project), openvinoStep(project)];
}

/** The step that installs PyTorch, which the benches compare with. */
export function torchStep(project: Project): Step {
  const { root, jobs } = project;
  const folder = join(root, BENCH_VENV);
  const stamp = stampOf(join(folder, ".saccade-stamp-torch"), [join(root, TORCH_REQUIREMENTS)], TORCH);
  return {
    name: TORCH_STEP,
    needs: [],
    cost: { downloadBytes: 205e6, diskBytes: 800e6, seconds: 60 },
    folder: root,
    withoutIt: "npm run bench -- training and inference print our own figures alone",
    done: stamp.holds,
    run: async (say) => {
      const python = await freshVenv(jobs, folder, say);
      say("packages");
      await install(project, "pip install", "-r", join(root, TORCH_REQUIREMENTS));
      say(TORCH);
      try {
        await install(project, `pip install ${TORCH}`, TORCH); // where pip's own settings have it
      } catch {
        await install(project, `pip install ${TORCH}`, "--index-url", TORCH_INDEX, TORCH);
      }
      stamp.write();
      return `${TORCH}, Python ${python.version}`;
    },
  };
}

function tensorflowStep(project: Project): Step {
  return requirementsStep(project, TENSORFLOW_REQUIREMENTS, "tensorflow", {
    name: TENSORFLOW_STEP,
    cost: { downloadBytes: 320e6, diskBytes: 1_300e6, seconds: 60 },
    withoutIt: "npm run bench -- training and inference have no column for Python's tf.function",
  });
}

/** Without its telemetry, which it does without. */
function openvinoStep(project: Project): Step {
  return requirementsStep(project, OPENVINO_REQUIREMENTS, "openvino", {
    name: "OpenVINO for the bench",
    cost: { downloadBytes: 75e6, diskBytes: 260e6, seconds: 10 },
    withoutIt: "npm run bench -- inference has no column for OpenVINO",
  });
}

/** A step that installs a file of requirements beside PyTorch. @param library whose version it tells */
function requirementsStep(
  project: Project,
  requirements: string,
  library: string,
  about: Pick<Step, "name" | "cost" | "withoutIt">,
): Step {
  const file = join(project.root, requirements);
  const stamp = stampOf(join(project.root, BENCH_VENV, `.saccade-stamp-${library}`), [file]);
  return {
    ...about,
    needs: [TORCH_STEP],
    folder: project.root,
    done: stamp.holds,
    run: async () => {
      await install(project, "pip install", "-r", file);
      stamp.write();
      return new RegExp(`${library}\\S*==\\S+`).exec(readFileSync(file, "utf8"))![0];
    },
  };
}

function onnxRuntimeStep({ root, jobs }: Project): Step {
  const prefix = join(root, ONNX_RUNTIME_FOLDER);
  const stamp = stampOf(join(prefix, ".saccade-stamp"), [], ONNX_RUNTIME);
  return {
    name: "ONNX Runtime for the bench",
    needs: [TORCH_STEP],
    cost: { downloadBytes: 114e6, diskBytes: 280e6, seconds: 15 },
    folder: root,
    withoutIt: "npm run bench -- inference has no column for ONNX Runtime",
    done: stamp.holds,
    run: async () => {
      rmSync(prefix, { recursive: true, force: true }); // one that was cut short cannot be trusted
      mkdirSync(prefix, { recursive: true });
      // Its install script would only fetch what is for CUDA.
      const quiet = ["--ignore-scripts", "--no-save", "--no-package-lock", "--no-audit", "--no-fund"];
      const args = ["install", "--prefix", prefix, ...quiet, "--loglevel=error", ONNX_RUNTIME];
      const ended = await jobs.run("npm", args, { cwd: prefix });
      if (ended.code !== 0) throw failureOf("npm install", ended);
      keepOwnProgram(join(prefix, "node_modules/onnxruntime-node/bin"));
      stamp.write();
      return ONNX_RUNTIME;
    },
  };
}

/** Removes the libraries for other platforms from bin/NAPI/PLATFORM/ARCHITECTURE. */
function keepOwnProgram(bin: string): void {
  for (const napi of existsSync(bin) ? readdirSync(bin) : []) {
    for (const platform of readdirSync(join(bin, napi)))
      for (const arch of readdirSync(join(bin, napi, platform)))
        if (platform !== process.platform || arch !== process.arch)
          rmSync(join(bin, napi, platform, arch), { recursive: true });
  }
}

/** @throws StepFailure with pip's own words */
async function install({ root, jobs }: Project, what: string, ...args: string[]): Promise<void> {
  const installed = await jobs.run(
    join(root, BENCH_VENV, "bin/python"),
    ["-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", ...args],
    { env: pythonEnv() },
  );
  if (installed.code !== 0) throw failureOf(what, installed);
}
