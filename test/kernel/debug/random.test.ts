/** Requests and interrupts in any order: each is answered, and none ends the kernel or leaves it stopped for ever. */
import { expect, it } from "vitest";
import { runs, useKernel, type Request } from "../client.js";
import { FrontEnd } from "./front-end.js";

const kernel = useKernel();

const CELLS = [
  "let total = 0;\nfor (let i = 0; i < 3; i++) {\n  total += i;\n}\ntotal",
  "const later = (n: number) => new Promise((resolve) => setTimeout(resolve, n));\nawait later(2);\nawait later(1);",
  "function fails(): never {\n  throw new Error('meant');\n}\ntry {\n  fails();\n} catch {}\ndebugger;\nfails();",
  "console.log('turns');\nwhile (true) {\n  [0].at(0);\n}",
];

/** Numbers below n, the same for a seed (mulberry32). */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % n;
  };
}

it.each([1, 2, 3, 4, 5])("sequence %i", async (seed) => {
  const below = numbers(seed);
  const front = new FrontEnd(kernel());
  const cells: Request[] = [];
  const code = (): string => CELLS[below(CELLS.length)]!;
  const thread = { threadId: 1 };
  const acts: (() => Promise<unknown>)[] = [
    () => front.ask("attach"),
    () =>
      front.ask("dumpCell", { code: code() }).then(({ body }) => setAt((body as { sourcePath: string }).sourcePath)),
    async () => void cells.push(kernel().start(code())),
    async () => void cells.push(kernel().start(code())),
    () => front.ask("setExceptionBreakpoints", { filters: [["all", "uncaught", "none"][below(3)]] }),
    () => front.ask("pause", thread),
    () => front.ask(["next", "stepIn", "stepOut", "continue"][below(4)]!, thread),
    () => front.ask(["next", "stepIn", "stepOut", "continue"][below(4)]!, thread),
    () => front.ask("stackTrace", thread),
    () => front.ask("scopes", { frameId: below(60) }),
    () => front.ask("variables", { variablesReference: below(60) }),
    () => front.ask("evaluate", { expression: "total + 1", ...(below(2) ? { frameId: below(60) } : {}) }),
    () => front.ask(["inspectVariables", "debugInfo", "modules", "threads", "exceptionInfo", "fly"][below(6)]!),
    () => kernel().interrupt(),
    () => front.ask("disconnect"),
  ];
  const setAt = (path: string): Promise<unknown> =>
    front.ask("setBreakpoints", { source: { path }, breakpoints: [{ line: 1 + below(5) }, { line: 1 + below(5) }] });

  await front.attach();
  for (let i = 0; i < 40; i++) await acts[below(acts.length)]!();
  await front.get("disconnect");
  while (cells.some(({ reply }) => reply === undefined)) {
    await kernel().interrupt();
    await kernel().ask("kernel_info_request");
  }
  expect((await runs(kernel(), "20 + 22")).result).toBe("42");
  await front.attach();
  const { cell } = await front.runToStop("debugger;\n'stops again'");
  await front.get("continue", thread);
  expect((await cell.done()).result).toBe("'stops again'");
  await front.get("disconnect");
});
