/**
 * What reaches the process's own stdout and stderr past Node's streams: child processes that inherit them, and
 * native libraries. Both descriptors are replaced by pipes, made and read on the worker thread, so that it appears
 * while a cell computes.
 */
import { Socket } from "node:net";
import { StringDecoder } from "node:string_decoder";
import { setLog } from "./log.js";

/** How long a cell's end waits for output that keeps coming, ms. */
const DRAIN_MS = 100;

/** What comes past Node's streams, from child processes and native code. */
export interface NativeOutput {
  /** Resolves when nothing lies in the pipes any more. */
  drained(): Promise<void>;
}

/**
 * Takes over the descriptors; the kernel's own log goes on to the first stderr.
 * @throws Error where this platform's C library does not offer it
 */
export async function captureNativeOutput(
  receive: (name: "stdout" | "stderr", text: string) => void,
): Promise<NativeOutput> {
  const { default: koffi } = await import("koffi");
  const libc = koffi.load(null);
  const pipe = libc.func("int pipe(_Out_ int *fds)") as (fds: number[]) => number;
  const dup = libc.func("int dup(int fd)") as (fd: number) => number;
  const dup2 = libc.func("int dup2(int from, int to)") as (from: number, to: number) => number;
  const close = libc.func("int close(int fd)") as (fd: number) => number;
  const fcntl = libc.func("int fcntl(int fd, int command, int value)") as (
    fd: number,
    command: number,
    value: number,
  ) => number;
  const poll = libc.func("int poll(_Inout_ uint8_t *fds, ulong count, int timeout)") as (
    fds: Uint8Array,
    count: number,
    timeout: number,
  ) => number;

  const first = dup(2);
  if (first >= 0) {
    fcntl(first, F_SETFD, FD_CLOEXEC);
    setLog(first);
  }
  const readers: number[] = [];
  for (const [name, fd] of [
    ["stdout", 1],
    ["stderr", 2],
  ] as const) {
    const ends = [0, 0];
    if (pipe(ends) !== 0) throw new Error(`captureNativeOutput: no pipe for ${name}`);
    const [from, to] = ends as [number, number];
    fcntl(from, F_SETFD, FD_CLOEXEC);
    if (dup2(to, fd) < 0) throw new Error(`captureNativeOutput: ${name} cannot be replaced`);
    close(to);
    const decoder = new StringDecoder("utf8");
    new Socket({ fd: from, readable: true, writable: false })
      .on("data", (bytes) => receive(name, decoder.write(bytes)))
      .unref();
    readers.push(from);
  }

  // struct pollfd { int fd; short events; short revents; }
  const asked = new Uint8Array(8 * readers.length);
  const view = new DataView(asked.buffer);
  readers.forEach((fd, i) => {
    view.setInt32(8 * i, fd, true);
    view.setInt16(8 * i + 4, POLLIN, true);
  });
  return {
    async drained() {
      const until = performance.now() + DRAIN_MS;
      while (poll(asked, readers.length, 0) > 0 && performance.now() < until)
        await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

const F_SETFD = 2;
const FD_CLOEXEC = 1;
const POLLIN = 1;
