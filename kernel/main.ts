/**
 * The kernel's entry: `node --no-force-async-hooks-checks --expose-internals dist/kernel/main.js <connection file>`.
 * Without these options an interrupt may end the process: a kernel started without them, on a Node (24) that does not
 * let its checks be turned off later, starts itself again with them.
 */
import { spawn } from "node:child_process";
import { isAbsolute } from "node:path";
import { fileURLToPath } from "node:url";
import { MessageChannel, Worker } from "node:worker_threads";
import { allowTermination, BINDINGS_OPTION } from "./both/internal-binding.js";
import { makeRing } from "./both/ring.js";
import { makeShared, type WorkerStart } from "./both/shared.js";

const OPTION = "--no-force-async-hooks-checks";

/** Folders that set-up was given, by the variables that kernel.json keeps them in. */
const KEPT = { SACCADE_CACHE: "SACCADE_SETUP_CACHE", SACCADE_TENSORFLOW: "SACCADE_SETUP_TENSORFLOW" };

for (const [name, kept] of Object.entries(KEPT)) {
  const folder = process.env[kept];
  if (folder && !isAbsolute(process.env[name] ?? "")) process.env[name] = folder;
}

/** The worker's, which parses cells: a parser goes into itself for each level of a text. */
const STACK_MB = 64;

const connectionFile = process.argv[2];
if (connectionFile === undefined) {
  console.error(
    "kernel: needs a connection file: node --no-force-async-hooks-checks --expose-internals main.js <connection file>",
  );
  process.exit(2);
}
if (allowTermination() || process.execArgv.includes(BINDINGS_OPTION)) start(connectionFile);
else startAgain(connectionFile);

function start(file: string): void {
  const events = new MessageChannel();
  const answers = new MessageChannel();
  const shared = makeShared();
  const ring = makeRing();
  const folder = process.cwd();
  const data: WorkerStart = { connectionFile: file, shared, ring, port: events.port2, answers: answers.port2, folder };
  const worker = new Worker(new URL("worker.js", import.meta.url), {
    workerData: data,
    transferList: [events.port2, answers.port2],
    execArgv: [BINDINGS_OPTION],
    resourceLimits: { stackSizeMb: STACK_MB },
  });
  worker.on("error", (error) => {
    console.error("kernel: the protocol's thread failed:", error);
    process.kill(process.pid, "SIGKILL");
  });
  void import("./runtime/start-runtime.js").then(({ startRuntime }) =>
    startRuntime({ port: events.port1, answers: answers.port1, shared, ring, folder }),
  );
}

function startAgain(file: string): void {
  const child = spawn(
    process.execPath,
    [OPTION, BINDINGS_OPTION, ...process.execArgv, fileURLToPath(import.meta.url), file],
    { stdio: "inherit" },
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => (signal === null ? process.exit(code ?? 1) : process.kill(process.pid, signal)));
}
