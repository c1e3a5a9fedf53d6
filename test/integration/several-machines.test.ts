/** The guide's page on several machines: its script by the launcher, its recipe on a real Ray cluster, its manifest. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { projectRoot } from "../../lib/client/kernel-specs.js";
import { freePorts } from "../../lib/client/process.js";
import { makeCifar10Mirror } from "../fixtures/cifar10-archive.js";
import { temporaryFolder, toolEnv, venv } from "./tools.js";

const root = projectRoot();
const page = readFileSync(join(root, "notebooks/guide/several-machines.md"), "utf8");
const scripts = "test/fixtures/scripts";
const script = join(scripts, "several-machines.mjs");
const python = join(venv, "bin/python");
const folder = temporaryFolder();
/** Of a short name: Ray's sockets lie deep in it, and a socket's path has at most 107 bytes. */
const rayFolder = mkdtempSync("/tmp/ray-");
let mirror: string;
let cluster: ChildProcess;
let env: NodeJS.ProcessEnv;

const run = promisify(execFile);
const block = (language: string): string => new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "s").exec(page)![1]!;

beforeAll(async () => {
  mirror = makeCifar10Mirror();
  const [port, dashboard, agent] = await freePorts(3);
  const RAY_worker_niceness = "0"; // of 15 it would wait for all else that this machine does
  env = { ...toolEnv, SACCADE_MIRROR: mirror, RAY_ADDRESS: `127.0.0.1:${port}`, RAY_worker_niceness };
  const ports = [`--port=${port}`, `--dashboard-port=${dashboard}`, `--dashboard-agent-listen-port=${agent}`];
  const here = ["--num-cpus=2", "--disable-usage-stats", `--temp-dir=${rayFolder}`];
  cluster = spawn(join(venv, "bin/ray"), ["start", "--head", "--block", ...ports, ...here], { stdio: "ignore", env });
  const answers = (): Promise<boolean> =>
    run(join(venv, "bin/ray"), ["status"], { env }).then(
      () => true,
      () => false,
    );
  while (!(await answers())) {
    if (cluster.exitCode !== null) throw new Error(`ray start ended with ${cluster.exitCode}`);
    await sleep(200);
  }
});
afterAll(async () => {
  const closed = cluster.exitCode === null ? once(cluster, "close") : undefined;
  cluster.kill("SIGTERM"); // it ends all that it has started
  await closed;
  for (const one of [rayFolder, mirror]) rmSync(one, { recursive: true, force: true, maxRetries: 3 });
});

it("shows the programs that these tests run", () => {
  expect(block("js")).toBe(readFileSync(join(root, script), "utf8"));
  expect(block("python")).toBe(readFileSync(join(root, scripts, "ray_workers.py"), "utf8"));
});

it("trains by the launcher, and goes on from its checkpoint", async () => {
  const trained = async (epochs: number): Promise<string> => {
    const args = ["run", "train-workers", "--silent", "--", "--workers", "2", script, join(folder, "local"), "256"];
    return (await run("npm", [...args, `${epochs}`], { cwd: root, env })).stdout;
  };
  expect(await trained(1)).toMatch(/^2 processes, 2 steps, /m);
  expect(existsSync(join(folder, "local/cct.safetensors"))).toBe(true);
  expect(await trained(2)).toMatch(/^2 processes, 4 steps, /m);
});

it("trains on Ray, and ends with 1 where a process fails", async () => {
  const recipe = (...args: readonly string[]) =>
    run(python, [join(scripts, "ray_workers.py"), "2", ...args], { cwd: root, env });
  const { stdout } = await recipe(script, join(folder, "ray"), "256", "1");
  expect(stdout).toMatch(/2 processes, 2 steps, /);
  const failing = await recipe("-e", "process.exit(JSON.parse(process.env.TF_CONFIG).task.index)").catch(
    (error: { readonly code: number }) => error,
  );
  expect(failing).toMatchObject({ code: 1 });
});

const text = { type: "string" };
const strict = (properties: object, required: readonly string[] = []) => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const list = (items: object) => ({ type: "array", items });
const whole = { type: "integer" };
const container = strict(
  {
    name: { const: "tensorflow" },
    image: text,
    command: list(text),
    args: list(text),
    env: list(strict({ name: text, value: text }, ["name"])),
    ports: list(strict({ name: text, containerPort: whole, protocol: text }, ["containerPort"])),
    resources: strict({ limits: { type: "object" }, requests: { type: "object" } }),
    volumeMounts: list(strict({ name: text, mountPath: text, readOnly: { type: "boolean" } }, ["name", "mountPath"])),
  },
  ["name"],
);
const claim = strict({ claimName: text, readOnly: { type: "boolean" } }, ["claimName"]);
const pod = strict(
  {
    containers: { ...list(container), minItems: 1 },
    volumes: list(strict({ name: text, persistentVolumeClaim: claim }, ["name"])),
    nodeSelector: { type: "object" },
  },
  ["containers"],
);
const labels = { type: "object", additionalProperties: text };
const replica = strict({
  replicas: whole,
  restartPolicy: { enum: ["Always", "OnFailure", "Never", "ExitCode"] },
  template: strict({ metadata: strict({ annotations: labels, labels }), spec: pod }),
});
/** The fields of tfjobs.kubeflow.org v1 and of a pod that a manifest for us may need, as their references tell them. */
const TF_JOB = strict(
  {
    apiVersion: { const: "kubeflow.org/v1" },
    kind: { const: "TFJob" },
    metadata: strict({ name: text, namespace: text, labels, annotations: labels }, ["name"]),
    spec: strict(
      {
        enableDynamicWorker: { type: "boolean" },
        successPolicy: text,
        runPolicy: strict({
          activeDeadlineSeconds: whole,
          backoffLimit: whole,
          cleanPodPolicy: { enum: ["All", "Running", "None"] },
          suspend: { type: "boolean" },
          ttlSecondsAfterFinished: whole,
        }),
        tfReplicaSpecs: strict({ Chief: replica, Worker: replica }),
      },
      ["tfReplicaSpecs"],
    ),
  },
  ["apiVersion", "kind", "metadata", "spec"],
);

it("shows a manifest of TFJob's fields alone", async () => {
  const program = `
import json, sys, yaml, jsonschema
manifest, schema = json.loads(sys.argv[1])
jsonschema.validate(yaml.safe_load(manifest), schema)`;
  await run(python, ["-c", program, JSON.stringify([block("yaml"), TF_JOB])]);
  const faulty = block("yaml").replace("cleanPodPolicy", "cleanPods");
  const failing = run(python, ["-c", program, JSON.stringify([faulty, TF_JOB])]);
  await expect(failing).rejects.toThrow("'cleanPods' was unexpected");
});
