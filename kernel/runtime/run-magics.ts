/** Running a cell's magics, on the main thread: what language/with-magics.ts found in its text. */
import { readFile, writeFile } from "node:fs/promises";
import { constants } from "node:os";
import { resolve } from "node:path";
import process from "node:process"; // a cell may replace the global one
import { replaceFile } from "../both/replace-file.js";
import type { Json, Magic } from "../contract.js";
import { MAGICS } from "../source/magic-names.js";
import { runBash } from "./bash.js";
import { display } from "./display.js";
import { html, md, svg } from "./markup.js";

/** What a cell with `%%capture` would have shown. */
export interface CapturedOutput {
  stdout: string;
  stderr: string;
  /** Contents of display_data, execute_result and error messages, in order. */
  readonly outputs: Json[];
}

/** What magics need of the running cell. */
export interface MagicHost {
  /** Text for the cell's stdout or stderr. */
  write(name: "stdout" | "stderr", text: string): void;
  /** Puts all further output of the cell into `into` until the function returned is called. */
  capture(into: CapturedOutput): () => void;
  /** Forgets the carried names (the language room has forgotten their types). */
  reset(): void;
  /** Adds to the execute reply's payload. */
  payload(item: Json): void;
  /** Aborted when the cell is interrupted. */
  readonly signal: AbortSignal | undefined;
}

let captured: CapturedOutput | undefined;

/**
 * The output of the cell that runs under `%%capture name`; the statement that declares the name calls it.
 * @throws Error outside such a cell
 */
export function capturedOutput(): CapturedOutput {
  if (!captured) throw new Error("capturedOutput: needs a cell that starts with %%capture, got none");
  return captured;
}

/**
 * Runs `magics` in their order around the cell itself.
 * @param run runs the cell's TypeScript; not called where the cell's text belongs to a magic
 * @throws what the cell or a magic throws
 */
export async function runMagics(magics: readonly Magic[], host: MagicHost, run: () => Promise<void>): Promise<void> {
  const [magic, ...rest] = magics;
  // A cell may have replaced `then`, which a returned promise needs and an awaited one does not.
  if (!magic) return await run();
  if (magic.name === "time") return await timed(host, () => runMagics(rest, host, run));
  if (magic.name === "capture") return await capture(host, () => runMagics(rest, host, run));
  await runOne(magic, host);
  if (magic.body === undefined) await runMagics(rest, host, run);
}

async function runOne({ name, args, body = "", names }: Magic, host: MagicHost): Promise<void> {
  switch (name) {
    case "bash":
      return runBash(body, args, host);
    case "html":
      return void display(html(body));
    case "svg":
      return void display(svg(body));
    case "markdown":
      return void display(md(body));
    case "writefile":
      return writeBody(args, body, host);
    case "load":
      return load(args, host);
    case "who":
    case "whos":
      return host.write("stdout", whoText(names ?? []));
    case "reset":
      return host.reset();
    case "pwd":
      return host.write("stdout", `${process.cwd()}\n`);
    case "help":
      return host.payload({ source: "page", start: 0, data: { "text/plain": listText() } });
    case "lsmagic":
      return host.write("stdout", listText());
    default:
      throw new Error(`magic: must be a known one, got ${name}`);
  }
}

async function timed(host: MagicHost, run: () => Promise<void>): Promise<void> {
  const cpu = process.cpuUsage();
  const started = performance.now();
  try {
    await run();
  } finally {
    const wall = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    host.write(
      "stdout",
      `CPU times: user ${milliseconds(user / 1000)}, system ${milliseconds(system / 1000)}\nWall time: ` +
        `${milliseconds(wall)}\n`,
    );
  }
}

async function capture(host: MagicHost, run: () => Promise<void>): Promise<void> {
  const mine: CapturedOutput = { stdout: "", stderr: "", outputs: [] };
  const outer = captured;
  captured = mine;
  const stop = host.capture(mine);
  try {
    await run();
  } finally {
    stop();
    captured = outer;
  }
}

async function load(args: string, host: MagicHost): Promise<void> {
  const text = await readFile(resolve(args), "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Error(`%load: cannot read ${args}, ${reason(error)}`, { cause: error });
  });
  host.payload({ source: "set_next_input", text: `// loaded from ${args}\n${text}`, replace: true });
}

async function writeBody(args: string, body: string, host: MagicHost): Promise<void> {
  const append = /^-a\s+/.test(args);
  const name = args.replace(/^-a\s+/, "");
  const file = resolve(name);
  try {
    if (append) await writeFile(file, body, { flag: "a" });
    else replaceFile(file, body);
  } catch (error) {
    throw new Error(`%%writefile: cannot write ${name}, ${reason(error as NodeJS.ErrnoException)}`, { cause: error });
  }
  host.write("stdout", `${append ? "Added to" : "Wrote"} ${name}\n`);
}

/** "no such file or directory" for ENOENT. */
function reason({ code, message, errno }: NodeJS.ErrnoException): string {
  if (code === "ENOENT" && errno === -constants.errno.ENOENT) return "there is no such file";
  return message;
}

function whoText(names: NonNullable<Magic["names"]>): string {
  if (names.length === 0) return "No names declared yet.\n";
  const width = Math.max(4, ...names.map(({ name }) => name.length));
  const line = (name: string, type: string): string => `${name.padEnd(width)}  ${type}\n`;
  const short = (type: string): string => (type.length > 100 ? `${type.slice(0, 99)}…` : type).replace(/\s+/g, " ");
  return line("name", "type") + names.map(({ name, type }) => line(name, short(type))).join("");
}

function listText(): string {
  let text = "";
  for (const [name, { kind, args, help }] of MAGICS) {
    text += `${`${kind === "cell" ? "%%" : "%"}${name}${args ? ` ${args}` : ""}`.padEnd(24)}${help}\n`;
  }
  return text;
}

function milliseconds(ms: number): string {
  if (ms < 1) return `${(1000 * ms).toFixed(0)} µs`;
  if (ms < 1000) return `${ms.toPrecision(3)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toPrecision(3)} s`;
  return `${Math.floor(ms / 60_000)} min ${((ms % 60_000) / 1000).toFixed(0)} s`;
}
