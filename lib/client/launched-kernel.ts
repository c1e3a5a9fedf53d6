import { setTimeout as sleep } from "node:timers/promises";
import { KernelClient } from "./client.js";
import { isPending, launchProcess, type KernelSpec, type LaunchedProcess, type LaunchOptions } from "./process.js";
import { PATIENCE_MS } from "./request.js";
import type { Content, Message } from "./message-frames.js";

/** A client that owns the kernel's process too. */
export class LaunchedKernel extends KernelClient {
  constructor(
    readonly spec: KernelSpec,
    readonly launched: LaunchedProcess,
    readonly launchedAt: number,
  ) {
    super(launched.connection);
  }

  get pid(): number {
    return this.launched.child.pid!;
  }

  signal(signal: NodeJS.Signals): void {
    this.launched.child.kill(signal);
  }

  /**
   * Resolves when signals sent before have come to the kernel: one that is heard late would rightly end the next cell.
   */
  async signalsHeard(): Promise<void> {
    const ask = (): Promise<Content> => this.ask("kernel_info_request", {}, { channel: "control" });
    while (isPending(this.pid, "SIGINT")) await ask();
    for (let asked = 0; asked < 5; asked++) await ask();
  }

  /** An interrupt_request on the control channel; resolves with its reply. */
  interrupt(): Promise<Message> {
    return this.request("interrupt_request", {}, { channel: "control" }).replied();
  }

  /** @throws Error also where the process ends first */
  override ready(limitMs?: number): Promise<Content> {
    const ended = this.launched.exited.then(({ code, signal }) =>
      Promise.reject(new Error(`ready: the kernel ended with ${signal ?? code}`)),
    );
    return Promise.race([super.ready(limitMs), ended]);
  }

  get running(): boolean {
    return this.launched.child.exitCode === null && this.launched.child.signalCode === null;
  }

  /** Asks for shutdown, and kills after `limitMs`; resolves with how the process ended. */
  async shutdown(
    restart = false,
    limitMs = PATIENCE_MS,
  ): Promise<{ reply: Content | undefined; code: number | null; signal: string | null }> {
    let reply: Content | undefined;
    // a reply may arrive behind the end
    const late = this.launched.exited.then(() => sleep(5_000, undefined, { ref: false }));
    if (this.running)
      reply = await Promise.race([
        this.ask("shutdown_request", { restart }, { channel: "control", limitMs }).catch(() => undefined),
        late,
      ]);
    const timer = setTimeout(() => this.signal("SIGKILL"), limitMs);
    const end = await this.launched.exited;
    clearTimeout(timer);
    this.close();
    return { reply, ...end };
  }

  async kill(): Promise<void> {
    if (this.running) this.signal("SIGKILL");
    await this.launched.exited;
    this.close();
  }
}

/** Starts a kernel and connects; call `.ready()` before relying on what it publishes. */
export async function launch(spec: KernelSpec, options: LaunchOptions = {}): Promise<LaunchedKernel> {
  const at = performance.now();
  return new LaunchedKernel(spec, await launchProcess(spec, options), at);
}
