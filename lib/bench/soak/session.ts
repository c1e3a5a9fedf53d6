/** One soak's front ends and kernel, and what has been found wrong. */
import { KernelClient } from "../../client/client.js";
import { type LaunchedKernel } from "../../client/launched-kernel.js";
import type { Outcome, Request } from "../../client/request.js";
import type { Random } from "../../datasets/random.js";

/** A kernel under a soak, with the front end that is connected now and what was found wrong. */
export class Session {
  readonly failures: string[] = [];
  /** Cells sent so far; every line that cell n prints begins with "n:". */
  cells = 0;
  client: KernelClient;
  /** Sessions of all front ends there were. */
  readonly #sessions = new Set<string>();
  readonly #timers: { readonly request: Request; readonly line: string }[] = [];

  constructor(
    readonly kernel: LaunchedKernel,
    readonly random: Random,
    readonly python: boolean,
  ) {
    this.client = kernel;
    this.#sessions.add(kernel.session);
  }

  /** The action under way, named in failures. */
  action = "";

  /** The cell's number, and its text in the kernel's language. */
  start(
    typescript: (cell: number) => string,
    python: (cell: number) => string,
  ): { readonly cell: number; readonly request: Request } {
    const cell = this.cells++;
    return { cell, request: this.client.start(this.python ? python(cell) : typescript(cell)) };
  }

  /** Waits for a cell's end, and checks that all it published is its own. */
  async end(
    cell: number,
    request: Request,
    expected: { readonly status?: RegExp; readonly stdout?: string; readonly result?: string } = {},
  ): Promise<Outcome | undefined> {
    let outcome: Outcome;
    try {
      outcome = await request.done(30_000);
    } catch (error) {
      this.fail(cell, `lost: ${(error as Error).message}`);
      return undefined;
    }
    const status = expected.status ?? /^ok$/;
    if (!status.test(outcome.status))
      this.fail(
        cell,
        `status ${outcome.status} (${outcome.error?.["ename"] ?? ""} ${outcome.error?.["evalue"] ?? ""}), ` +
          `expected ${status}`,
      );
    if (expected.stdout !== undefined && outcome.stdout !== expected.stdout)
      this.fail(cell, `printed ${outcome.stdout.length} characters, expected ${expected.stdout.length}`);
    if (expected.result !== undefined && outcome.result !== expected.result)
      this.fail(cell, `result ${outcome.result}, expected ${expected.result}`);
    this.#checkParents(cell, request);
    return outcome;
  }

  expectLater(request: Request, line: string): void {
    this.#timers.push({ request, line });
  }

  /** Another front end takes over; the old one goes away, when it has what it still waits for. */
  async reconnect(): Promise<void> {
    const old = this.client;
    await this.#timersPrinted();
    this.client = new KernelClient(this.kernel.connection);
    this.#sessions.add(this.client.session);
    await this.client.ready();
    if (old !== this.kernel) old.close();
  }

  /** What can be said only at the end: timers' output, and messages that had no request. */
  async finish(): Promise<void> {
    await this.#timersPrinted();
    for (const client of new Set([this.kernel, this.client])) {
      for (const { type, parent } of client.strays) {
        if (parent.session !== undefined && !this.#sessions.has(parent.session))
          this.failures.push(`a ${type} with the unknown parent ${parent.msg_id}`);
      }
      if (client.wronglySigned > 0) this.failures.push(`${client.wronglySigned} messages with a wrong signature`);
    }
    if (this.client !== this.kernel) this.client.close();
  }

  async #timersPrinted(): Promise<void> {
    for (const { request, line } of this.#timers.splice(0)) {
      await request
        .printed(line, 5_000)
        .catch(() => this.failures.push(`a timer's line "${line}" never came to its cell`));
    }
  }

  fail(cell: number, what: string): void {
    this.failures.push(`cell ${cell} (${this.action}): ${what}`);
  }

  #checkParents(cell: number, request: Request): void {
    const foreign = request
      .stream("stdout")
      .split("\n")
      .find((line) => line !== "" && !line.startsWith(`${cell}:`));
    if (foreign !== undefined) this.fail(cell, `holds another cell's line "${foreign.slice(0, 40)}"`);
    const states = request.published
      .filter(({ type }) => type === "status")
      .map(({ content }) => content["execution_state"] as string);
    if (!/^busy(,busy)*,idle$/.test(states.join())) {
      const published = request.published.map(({ type }) => type).slice(0, 12);
      const expected = "busy (again after a request answered meanwhile) and idle";
      this.fail(cell, `status ${states.join()}, expected ${expected}; published ${published.join()}`);
    }
  }
}
