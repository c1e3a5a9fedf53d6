/** Asking the reader: `await input("name? ")`, `await input("token: ", { password: true })`, `prompt("name?")`. */
import { Readable } from "node:stream";
import { receiveMessageOnPort, type MessagePort } from "node:worker_threads";
import type { Channel } from "./channel.js";
import { Slot, type Shared } from "../both/shared.js";
import { currentTask } from "./task.js";

interface InputOptions {
  /** Hides what is typed. Default false. */
  readonly password?: boolean;
}

let waiting: ((value: string) => void) | undefined;

/** An answer for `input` came. */
export function receiveInput(value: string): void {
  const resolve = waiting;
  waiting = undefined;
  resolve?.(value);
}

/** Nobody waits any more: the cell has ended. */
export function forgetInput(): void {
  waiting = undefined;
}

/**
 * Sets the globals `input` and `prompt`, and has process.stdin ask line by line.
 * Both throw an Error where the front end does not allow input.
 * @param fail ends the running cell: who waits for process.stdin (readline) would not hear of an error
 */
export function installInput(
  channel: Channel,
  shared: Shared,
  answers: MessagePort,
  fail: (error: Error) => void,
): void {
  const ask = (who: string, text: string, password: boolean, blocking: boolean): void => {
    if (currentTask()?.allowStdin !== true) throw new Error(`${who}: the front end does not allow input here`);
    channel.post({ type: "input", prompt: text, password, blocking });
  };

  const input = (text: unknown = "", options: InputOptions = {}): Promise<string> =>
    new Promise((resolve) => {
      if (waiting !== undefined) throw new Error("input: another input is still waiting for its answer");
      ask("input", String(text), options.password === true, false);
      waiting = resolve;
    });

  const prompt = (text: unknown = "", preset?: unknown): string | null => {
    Atomics.store(shared, Slot.answered, 0);
    ask("prompt", text === "" ? "" : `${String(text)} `, false, true);
    while (Atomics.wait(shared, Slot.answered, 0, 1000) === "timed-out") continue;
    const answer = String(receiveMessageOnPort(answers)?.message ?? "");
    return answer === "" && preset !== undefined ? String(preset) : answer;
  };

  const stdin = new Readable({
    read() {
      input("").then((line) => this.push(`${line}\n`), fail);
    },
  });
  Object.assign(stdin, { fd: 0, isTTY: false });
  Object.defineProperty(process, "stdin", { get: () => stdin, configurable: true, enumerable: true });
  for (const [name, value] of Object.entries({ input, prompt })) {
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  }
}
