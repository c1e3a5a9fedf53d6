/** One request in flight: its reply, and everything published for it, collected by parent. */
import type { Content, Message } from "./message-frames.js";

/** How long is waited where no limit is given, ms: only what hangs comes so far, on a busy machine too. */
export const PATIENCE_MS = 300_000;

/** What came of a request whose reply and idle status have both arrived. */
export interface Outcome {
  readonly reply: Message;
  /** Everything published for it but status and execute_input, in order of arrival. */
  readonly outputs: readonly Message[];
  /** Every iopub message whose parent it is, in order of arrival. */
  readonly published: readonly Message[];
  /** ms from sending to the reply, and to the later of reply and idle. */
  readonly replyMs: number;
  readonly doneMs: number;
  /** The reply's status: "ok", "error", "aborted". */
  readonly status: string;
  readonly stdout: string;
  readonly stderr: string;
  /** The execute_result's text/plain, if there is one. */
  readonly result: string | undefined;
  /** The data of the execute_result, {} without one. */
  readonly data: Content;
  /** The content of the error message, if there is one. */
  readonly error: Content | undefined;
}

/** A request under way: what was published for it, and its reply. */
export class Request {
  readonly sentAt = performance.now();
  /** Grows while the request runs, and after it where a timer prints late. */
  readonly published: Message[] = [];
  reply: Message | undefined;
  #idleAt: number | undefined;
  #watchers = new Set<() => void>();

  constructor(
    readonly id: string,
    readonly type: string,
  ) {}

  /** Takes a reply or a published message of this request. */
  take(message: Message): void {
    if (message.channel === "iopub") {
      this.published.push(message);
      if (message.type === "status" && message.content["execution_state"] === "idle") this.#idleAt ??= message.at;
    } else this.reply ??= message;
    for (const watcher of [...this.#watchers]) watcher();
  }

  /**
   * Waits until `test` gives a value.
   * @throws Error after `limitMs` (liveness only), naming what had arrived.
   */
  until<T>(test: (request: Request) => T | undefined | false, limitMs = PATIENCE_MS): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#watchers.delete(watcher);
        const seen = this.published
          .slice(-12)
          .map((message) => (message.type === "status" ? message.content["execution_state"] : message.type));
        reject(
          new Error(
            `${this.type}: nothing within ${limitMs} ms; reply ${this.reply?.content["status"] ?? "none"}, ` +
              `${this.published.length} published, last ${seen.join(" ")}`,
          ),
        );
      }, limitMs);
      const watcher = (): void => {
        const value = test(this);
        if (value === undefined || value === false) return;
        clearTimeout(timer);
        this.#watchers.delete(watcher);
        resolve(value as T);
      };
      this.#watchers.add(watcher);
      watcher();
    });
  }

  /** The first published message of this type (that `test` accepts). */
  message(type: string, test: (message: Message) => boolean = () => true, limitMs?: number): Promise<Message> {
    return this.until(
      (request) => request.published.find((message) => message.type === type && test(message)),
      limitMs,
    );
  }

  /**
   * Waits until this text has been printed on stdout.
   *
   * @throws Error where the request fails without it
   */
  async printed(text: string, limitMs?: number): Promise<true> {
    const isPrinted = (): boolean => this.stream("stdout").includes(text);
    const hasFailed = (): boolean => this.#idleAt !== undefined && this.reply?.content["status"] === "error";
    await this.until(() => isPrinted() || hasFailed(), limitMs);
    if (isPrinted()) return true;
    throw new Error(`${this.type}: failed before it printed "${text}": ${JSON.stringify(this.reply?.content)}`);
  }

  stream(name: "stdout" | "stderr"): string {
    return this.published
      .filter((message) => message.type === "stream" && message.content["name"] === name)
      .map((message) => message.content["text"] as string)
      .join("");
  }

  replied(limitMs?: number): Promise<Message> {
    return this.until((request) => request.reply, limitMs);
  }

  /** Waits for the reply and the idle status. */
  async done(limitMs?: number): Promise<Outcome> {
    const idleAt = (await this.until((request) => request.reply !== undefined && this.#idleAt, limitMs)) as number;
    const outputs = this.published.filter((message) => message.type !== "status" && message.type !== "execute_input");
    const data = outputs.find((message) => message.type === "execute_result")?.content["data"] as Content | undefined;
    return {
      reply: this.reply!,
      outputs,
      published: [...this.published],
      replyMs: this.reply!.at - this.sentAt,
      doneMs: Math.max(idleAt, this.reply!.at) - this.sentAt,
      status: this.reply!.content["status"] as string,
      stdout: this.stream("stdout"),
      stderr: this.stream("stderr"),
      result: data?.["text/plain"] as string | undefined,
      data: data ?? {},
      error: outputs.find((message) => message.type === "error")?.content,
    };
  }
}
