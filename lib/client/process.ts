/** Starting a kernel's process with a connection file, and ending it. */
import { spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

const CHANNELS = ["shell", "iopub", "stdin", "control", "hb"] as const;
/** A socket of a kernel's. */
export type Channel = (typeof CHANNELS)[number];

/** A kernel that can be launched: argv as in a kernelspec, with "{connection_file}". */
export interface KernelSpec {
  readonly name: string;
  readonly argv: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** What a connection file holds. */
export interface Connection {
  readonly transport: "tcp" | "ipc";
  readonly ip: string;
  readonly key: string;
  readonly ports: Readonly<Record<Channel, number>>;
}

/** How a kernel is started. */
export interface LaunchOptions {
  readonly transport?: "tcp" | "ipc";
  /** The kernel's working directory: the notebook's folder. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A kernel's process. */
export interface LaunchedProcess {
  readonly child: ChildProcess;
  readonly connection: Connection;
  /** What it has written to its own stdout and stderr so far (not the cells' output). */
  readonly log: () => string;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
}

/** Where a channel is bound, as ZeroMQ takes it. */
export function address(connection: Connection, channel: Channel): string {
  const port = connection.ports[channel];
  return connection.transport === "ipc" ? `ipc://${connection.ip}-${port}` : `tcp://${connection.ip}:${port}`;
}

/** `count` TCP ports that were free a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => resolve(server));
        }),
    ),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** Writes a connection file into a temporary folder of its own; `remove` deletes the folder. */
export async function makeConnection(
  transport: "tcp" | "ipc",
  kernelName: string,
): Promise<{ connection: Connection; file: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), "kernel-client-"));
  const numbers = transport === "tcp" ? await freePorts(5) : [1, 2, 3, 4, 5];
  const ports = Object.fromEntries(CHANNELS.map((channel, index) => [channel, numbers[index]!])) as Record<
    Channel,
    number
  >;
  const connection: Connection = {
    transport,
    ip: transport === "tcp" ? "127.0.0.1" : join(folder, "kernel-ipc"),
    key: randomBytes(24).toString("hex"),
    ports,
  };
  const file = join(folder, "connection.json");
  writeFileSync(
    file,
    JSON.stringify({
      ...Object.fromEntries(CHANNELS.map((channel) => [`${channel}_port`, ports[channel]])),
      transport,
      ip: connection.ip,
      key: connection.key,
      signature_scheme: "hmac-sha256",
      kernel_name: kernelName,
    }),
  );
  return { connection, file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Starts the kernel; it may not be bound to its sockets yet when this resolves. */
export async function launchProcess(spec: KernelSpec, options: LaunchOptions = {}): Promise<LaunchedProcess> {
  const { connection, file, remove } = await makeConnection(options.transport ?? "tcp", spec.name);
  const [command, ...rest] = spec.argv.map((arg) => arg.replaceAll("{connection_file}", file));
  const child = spawn(command!, rest, {
    cwd: options.cwd,
    env: { ...process.env, JPY_PARENT_PID: String(process.pid), ...spec.env, ...options.env } as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  child.stdout.on("data", (chunk) => {
    log = (log + chunk).slice(-100_000);
  });
  child.stderr.on("data", (chunk) => {
    log = (log + chunk).slice(-100_000);
  });
  const exited = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
    child.once("error", (error) => {
      remove();
      reject(new Error(`launch: ${spec.name} did not start: ${error.message}`));
    });
    child.once("exit", (code, signal) => {
      remove();
      resolve({ code, signal });
    });
  });
  exited.catch(() => {});
  return { child, connection, log: () => log, exited };
}

/**
 * Whether a signal still waits for one of the process's threads to be given the processor; false where there is no
 * /proc.
 */
export function isPending(pid: number, signal: NodeJS.Signals): boolean {
  try {
    const mask = /^ShdPnd:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]!;
    return ((BigInt(`0x${mask}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
