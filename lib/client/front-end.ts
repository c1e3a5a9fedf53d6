/** A debugger's front end: requests on the control channel, events as they come. */
import type { LaunchedKernel } from "./launched-kernel.js";
import type { Content } from "./message-frames.js";

/** One front end of a kernel's debugger. */
export class FrontEnd {
  readonly #kernel: LaunchedKernel;
  #seq = 1;

  constructor(kernel: LaunchedKernel) {
    this.#kernel = kernel;
  }

  /** The whole reply. */
  async ask(command: string, args: unknown = {}): Promise<Content> {
    const content = { type: "request", seq: this.#seq++, command, arguments: args } as unknown as Content;
    return this.#kernel.ask("debug_request", content, { channel: "control" });
  }

  /** The body of a reply that must be a success. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- a body's fields depend on its request
  async get(command: string, args: unknown = {}): Promise<any> {
    const reply = await this.ask(command, args);
    if (reply["success"] !== true) throw new Error(`${command}: ${JSON.stringify(reply)}`);
    return reply["body"];
  }

  /** The next event of this name, from now on. */
  async event(name: string): Promise<Content> {
    const { content } = await this.#kernel.next(
      ({ type, content }) => type === "debug_event" && content["event"] === name,
    );
    return content["body"] as Content;
  }

  /** Begins, as JupyterLab does. */
  async attach(args: object = {}): Promise<void> {
    await this.get("initialize", { clientID: "test", adapterID: "saccade", linesStartAt1: true });
    await this.get("attach", args);
  }

  /** Sets breakpoints in a cell's text; @returns what the kernel made of them. */
  async breakAt(code: string, lines: readonly (number | object)[]): Promise<{ line: number; verified: boolean }[]> {
    const { sourcePath } = await this.get("dumpCell", { code });
    const breakpoints = lines.map((line) => (typeof line === "number" ? { line } : line));
    return (await this.get("setBreakpoints", { source: { path: sourcePath }, breakpoints })).breakpoints;
  }

  /** Runs a cell up to its first stop. */
  async runToStop(code: string): Promise<{ cell: ReturnType<LaunchedKernel["start"]>; stop: Content }> {
    const stopped = this.event("stopped");
    const cell = this.#kernel.start(code);
    const ended = cell.replied().then(({ content }) => {
      throw new Error(`the cell was to stop, and ended: ${JSON.stringify(content)}`);
    });
    return { cell, stop: await Promise.race([stopped, ended]) };
  }

  /** Goes on to the next stop; @returns its reason and its lines, the innermost first. */
  async step(way: "next" | "stepIn" | "stepOut" | "continue"): Promise<{ reason: unknown; at: string[] }> {
    const stopped = this.event("stopped");
    await this.get(way, { threadId: 1 });
    const { reason } = await stopped;
    return { reason, at: await this.lines() };
  }

  /** "Cell [1]:3" for each call. */
  async lines(): Promise<string[]> {
    const { stackFrames } = await this.get("stackTrace", { threadId: 1 });
    return stackFrames.map(({ name, line }: { name: string; line: number }) => `${name}:${line}`);
  }

  /** The variables of a scope of a frame, by name. */
  async names(scope: string, frame = 0): Promise<Record<string, string>> {
    const { stackFrames } = await this.get("stackTrace", { threadId: 1 });
    const { scopes } = await this.get("scopes", { frameId: stackFrames[frame].id });
    const found = scopes.find(({ name }: { name: string }) => name === scope);
    const { variables } = await this.get("variables", { variablesReference: found.variablesReference });
    return Object.fromEntries(variables.map(({ name, value }: { name: string; value: string }) => [name, value]));
  }
}
