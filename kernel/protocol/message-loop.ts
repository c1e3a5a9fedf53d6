/** The protocol's side of the kernel: sockets in, answers out. Runs on the worker thread. */
import type { CellEvent, CellRequest, Debugging, Json, Language } from "../contract.js";
import { Slot, type Shared } from "../both/shared.js";
import type { Children } from "./child-processes.js";
import { Comms } from "./open-comms.js";
import type { CrashNote } from "./crash-note.js";
import { Executor } from "./executor.js";
import type { History } from "./input-history.js";
import { Interrupter } from "./interrupter.js";
import type { NativeOutput } from "./native-output.js";
import { Output } from "./output.js";
import { ANSWERS, type Sources } from "./requests.js";
import type { Sockets } from "./sockets.js";
import type { JsonObject, Message, Wire } from "./wire.js";
import { log } from "./log.js";

/** What the kernel is put together of. */
export interface KernelOptions {
  readonly wire: Wire;
  readonly sockets: Sockets;
  readonly shared: Shared;
  readonly language: Language;
  readonly history: History;
  readonly crashNote: CrashNote;
  readonly children: Children;
  /** Makes the debugger, given where its events go. */
  readonly debugging: (event: (content: Json) => void) => Debugging;
  /** To the main thread. */
  readonly send: (request: CellRequest, transfer?: readonly ArrayBuffer[]) => void;
  /** To a main thread that waits for a blocking prompt's answer. */
  readonly answer: (value: string) => void;
  /** Once what comes past Node's streams is given to `nativeOutput`; undefined where it cannot be. */
  readonly native: Promise<NativeOutput | undefined>;
}

/** A main thread that was told to end and has not after this long is ended by force, ms. */
const GRACE_MS = 2000;

/** Answers every message of every socket, and passes on what the main thread tells. */
export class Kernel {
  readonly #options: KernelOptions;
  readonly #output: Output;
  readonly #executor: Executor;
  readonly #interrupter: Interrupter;
  readonly #comms = new Comms();
  readonly #channels = new WeakMap<Message, "shell" | "control">();
  readonly #sources: Sources;
  readonly #debugging: Debugging;
  #pendingInput: { readonly blocking: boolean } | undefined;
  #ending: Promise<void> | undefined;

  constructor(options: KernelOptions) {
    this.#options = options;
    this.#output = new Output(options.wire, options.sockets);
    const ask = (number: number): void => options.send({ type: "interrupt", number, cell: this.#executor.waitsFor });
    this.#debugging = options.debugging((event) => this.#output.publish("debug_event", event, this.#executor.parent));
    const unblock = (again: boolean): void => options.children.unblock(again);
    this.#interrupter = new Interrupter(options.shared, ask, unblock, this.#debugging);
    this.#sources = { language: options.language, history: options.history, comms: this.#comms };
    this.#executor = new Executor({
      language: options.language,
      output: this.#output,
      history: options.history,
      crashNote: options.crashNote,
      debugging: this.#debugging,
      send: options.send,
      reply: (request, type, content) => this.#reply(request, type, content),
      ready: () => options.native.then(() => this.#interrupter.settled()),
      drained: () => options.native.then((native) => native?.drained()),
    });
  }

  start(): void {
    this.#options.sockets.listen({
      message: (channel, frames) => {
        const message = this.#options.wire.decode(frames);
        if (channel === "stdin") this.#receiveInput(message);
        else {
          this.#channels.set(message, channel);
          this.#dispatch(message);
        }
      },
      subscribed: (topic) => this.#output.welcome(topic),
    });
    this.#output.status("starting", {});
  }

  /** Something of the main thread's. */
  receive(event: CellEvent): void {
    const parent = "parent" in event ? (event.parent ?? (this.#executor.parent as Json)) : null;
    switch (event.type) {
      case "stream":
        return this.#output.stream(event.name, event.text, parent);
      case "publish":
        this.#comms.note(event.message, event.content as JsonObject);
        return this.#output.publish(event.message, event.content, parent, event.metadata, event.buffers);
      case "input":
        return this.#requestInput(event.prompt, event.password, event.blocking);
      case "done":
        this.#pendingInput = undefined;
        return this.#executor.ended(event);
      case "evaluated":
        return this.#executor.ended(event);
      case "comm_handled":
        return this.#output.status("idle", parent);
      case "child":
        return this.#options.children.note(event);
      case "end_children":
        return void this.#options.children.interrupt(event);
      case "exit":
        return this.#exit(event.call);
    }
  }

  /** Text that came past Node's streams: it is taken to be the running cell's, else the last one's. */
  nativeOutput(name: "stdout" | "stderr", text: string): void {
    this.#output.stream(name, text, this.#executor.parent);
  }

  /** Stops what runs; resolves when the main thread can run cells again. */
  async interrupt(): Promise<void> {
    this.#pendingInput = undefined;
    this.#executor.interrupt();
    await this.#interrupter.interrupt();
    this.#options.send({ type: "unwind" });
  }

  /** Attaches what the first interrupt will need, when there is time. */
  prepareInterrupts(): void {
    this.#interrupter.attach();
  }

  /** Closes everything in order; then the process may end. Safe to call twice. `exiting`: main waits already. */
  end(restart = false, exiting = false): Promise<void> {
    return (this.#ending ??= this.#end(restart, exiting));
  }

  async #end(restart: boolean, exiting: boolean): Promise<void> {
    setTimeout(() => process.kill(process.pid, "SIGKILL"), GRACE_MS).unref();
    this.#output.flush();
    this.#options.crashNote.clear();
    const { sockets, language, children, native } = this.#options;
    // and koffi, where it is still being loaded: a thread that is ended within it aborts the process
    await Promise.all([sockets.close(), language.close(), children.endAll(), native]);
    if (!exiting) await this.#interrupter.interrupt(); // a main thread that computes would not hear
    await children.endAll(); // what it started meanwhile
    this.#interrupter.detach();
    this.#debugging.close();
    Atomics.store(this.#options.shared, Slot.closed, 1);
    Atomics.notify(this.#options.shared, Slot.closed);
    this.#options.send({ type: "shutdown", restart });
  }

  /** Ends because a signal or the parent's death says so, and tells the running cell. */
  terminate(by: string): void {
    this.#abandon(by);
    setImmediate(() => void this.end());
  }

  #dispatch(request: Message): void {
    const type = request.header.msg_type;
    const answer = ANSWERS[type];
    if (type === "execute_request") this.#executor.add(request);
    else if (answer !== undefined) void this.#around(request, async () => answer(request.content, this.#sources));
    else if (type === "interrupt_request") void this.#around(request, () => this.#interruptRequest());
    else if (type === "shutdown_request") void this.#shutdown(request);
    else if (type === "debug_request") void this.#around(request, () => this.#debug(request));
    else if (type === "comm_open" || type === "comm_msg" || type === "comm_close") this.#comm(type, request);
    else log(`unknown message type ${type}`);
  }

  /** Busy, the answer's reply, idle; while a cell runs, the front end is told again that the kernel is busy. */
  async #around(request: Message, answer: () => JsonObject | Promise<JsonObject>): Promise<void> {
    const { header } = request;
    this.#output.status("busy", header);
    let content: JsonObject;
    try {
      content = await answer();
    } catch (error) {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      content = { status: "error", ename: name, evalue: message, traceback: [stack ?? message] };
    }
    this.#reply(request, header.msg_type.replace("_request", "_reply"), content);
    this.#output.status("idle", header);
    if (this.#executor.running !== undefined) this.#output.status("busy", this.#executor.running.header);
  }

  #reply(request: Message, type: string, content: JsonObject): void {
    const channel = this.#channels.get(request) ?? "shell";
    void this.#options.sockets.send(
      channel,
      this.#options.wire.encode(request.identities, type, content, request.header),
    );
  }

  #interruptRequest(): JsonObject {
    void this.interrupt();
    return { status: "ok" };
  }

  async #debug({ content }: Message): Promise<JsonObject> {
    await this.#interrupter.settled(); // a termination would strike what the debugger calls
    return (await this.#debugging.answer(content)) as JsonObject;
  }

  async #shutdown(request: Message): Promise<void> {
    const restart = request.content["restart"] === true;
    this.#output.status("busy", request.header);
    this.#executor.abandon({
      status: "error",
      ename: "KeyboardInterrupt",
      evalue: "the kernel was shut down",
      traceback: [],
    });
    await null; // the abandoned cell's reply goes first
    const content = { status: "ok", restart };
    this.#reply(request, "shutdown_reply", content);
    this.#output.publish("shutdown_reply", content, request.header);
    this.#output.status("idle", request.header);
    await this.end(restart);
  }

  #comm(type: "comm_open" | "comm_msg" | "comm_close", { header, content, metadata, buffers }: Message): void {
    this.#output.status("busy", header);
    this.#comms.note(type, content);
    this.#options.send({ type: "comm", message: type, content, metadata, buffers, parent: header });
  }

  #requestInput(prompt: string, password: boolean, blocking: boolean): void {
    const request = this.#executor.running;
    if (request === undefined) return;
    this.#output.flush();
    this.#pendingInput = { blocking };
    void this.#options.sockets.send(
      "stdin",
      this.#options.wire.encode(request.identities, "input_request", { prompt, password }, request.header),
    );
  }

  #receiveInput({ header, content }: Message): void {
    const pending = this.#pendingInput;
    if (header.msg_type !== "input_reply" || pending === undefined) return; // late, of a cell that has ended
    this.#pendingInput = undefined;
    const value = String(content["value"] ?? "");
    if (pending.blocking) this.#options.answer(value);
    else this.#options.send({ type: "input", value });
  }

  #exit(call: string): void {
    this.#abandon(call);
    setImmediate(() => void this.end(false, true));
  }

  /** Ends the running cell without waiting for it: its reply says what ended the kernel. */
  #abandon(by: string): void {
    const evalue = `${by} ended the kernel`;
    const traceback = [`ProcessExit: ${evalue}`];
    this.#executor.abandon({ status: "error", ename: "ProcessExit", evalue, traceback });
  }
}
