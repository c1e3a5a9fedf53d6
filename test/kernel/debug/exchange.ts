/** A front end's whole exchange with a kernel's debugger (exchange.py), and what was said in it, to be compared. */
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { projectRoot, pythonPath } from "../../../lib/client/kernel-specs.js";

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

interface Exchange {
  /** Each step, and what the kernel said to it; null for nothing. */
  readonly said: readonly [step: string, content: Json][];
  /** What the protocol's schema has to say. */
  readonly complaints: readonly string[];
  /** The schema's names of all messages. */
  readonly names: readonly string[];
  readonly events: readonly string[];
}

/** What stands at each place of each step's message: `{ "stepOut, calls": { "body.stackFrames[].line": "9" } }`. */
export type Facts = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What ipykernel said. Made by test/integration/ipykernel-debugger.test.ts. */
export const RECORDED = join(projectRoot(), "test/fixtures/debug/ipykernel.json");

/** Where values count; elsewhere their types do. */
const VALUES = new Set([
  ...["event", "reason", "line", "verified", "name", "result", "success", "threadId", "stoppedThreads"],
  ...["totalFrames", "breakMode", "category", "hashMethod", "hashSeed", "filter", "text/plain"],
]);

/** @param folder where the kernel is looked for before Python's own places */
export async function exchange(kernel: string, language: "typescript" | "python", folder = ""): Promise<Exchange> {
  const script = join(import.meta.dirname, "exchange.py");
  const env = { ...process.env, JUPYTER_PATH: folder, PYTHONDONTWRITEBYTECODE: "1" };
  const options = { env, maxBuffer: 2 ** 26 };
  const { stdout } = await promisify(execFile)(pythonPath(), ["-W", "ignore", script, kernel, language], options);
  return JSON.parse(stdout) as Exchange;
}

/** What was said at each step, and which events were heard at all. */
export function factsOf({ said, events }: Exchange): Facts {
  const facts: Record<string, Record<string, string>> = {};
  for (const [step, content] of said) {
    const found = (facts[step] ??= {});
    if (content === null || Object.keys(content).length === 0) found["answer"] = "none";
    else collect(content, "", "", found);
  }
  return { ...facts, events: Object.fromEntries([...events].sort().map((event) => [event, "heard"])) };
}

/** Several at one place stand behind each other. */
function collect(value: Json, place: string, key: string, facts: Record<string, string>): void {
  const add = (fact: string): void => {
    const known = facts[place]?.split("; ") ?? [];
    if (!known.includes(fact)) facts[place] = [...known, fact].join("; ");
  };
  if (Array.isArray(value)) {
    if (value.length === 0) add("[]");
    for (const one of value) collect(one, `${place}[]`, key, facts);
  } else if (typeof value === "object" && value !== null) {
    for (const [name, one] of Object.entries(value))
      if (name !== "seq" && name !== "request_seq") collect(one, place === "" ? name : `${place}.${name}`, name, facts);
  } else add(VALUES.has(key) || typeof value === "boolean" ? String(value) : typeof value);
}

/** What ipykernel said, and its version. */
export function recorded(): { readonly version: string; readonly facts: Facts } {
  return JSON.parse(readFileSync(RECORDED, "utf8")) as { version: string; facts: Facts };
}
