/** Requests of a debugger's front end and interrupts, in any order. */
import { FrontEnd } from "../../client/front-end.js";
import { kernelSpec } from "../../client/kernel-specs.js";
import { launch, type LaunchedKernel } from "../../client/launched-kernel.js";
import type { Request } from "../../client/request.js";
import { createRandom } from "../../datasets/random.js";

const CELLS = [
  "let total = 0;\nfor (let i = 0; i < 3; i++) {\n  total += i;\n}\ntotal",
  "const later = (n: number) => new Promise((resolve) => setTimeout(resolve, n));\nawait later(2);\nawait later(1);",
  "function fails(): never {\n  throw new Error('meant');\n}\ntry {\n  fails();\n} catch {}\ndebugger;\nfails();",
  "console.log('turns');\nwhile (true) {\n  [0].at(0);\n}",
  "const inner = async () => {\n  await null;\n  debugger;\n};\nconst outer = async () => {\n  await inner();\n};\n" +
    "await Promise.all([outer(), outer()]);",
];

/** After so many a cell goes on for ever. */
const INTERRUPTS = 500;
/** Requests of one sequence. */
const LENGTH = 40;
const WAYS = ["next", "stepIn", "stepOut", "continue"];
const THREAD = { threadId: 1 };

/**
 * A sequence of requests and interrupts, the same for a seed; whether each is answered, no cell goes on for ever, and
 * cells run and stop again afterwards.
 * @throws Error that says what did not come
 */
export async function debugSequence(kernel: LaunchedKernel, seed: number): Promise<void> {
  const random = createRandom(seed);
  const pick = <Item>(items: readonly Item[]): Item => items[random.integer(items.length)]!;
  const front = new FrontEnd(kernel);
  const cells: Request[] = [];
  const start = async (): Promise<void> => void cells.push(kernel.start(pick(CELLS)));
  const step = (): Promise<unknown> => front.ask(pick(WAYS), THREAD);
  const line = (): { line: number } => ({ line: 1 + random.integer(5) });
  const frame = (): object => ({ frameId: random.integer(60) });
  const acts: readonly (() => Promise<unknown>)[] = [
    () => front.ask("attach", { justMyCode: random.integer(2) === 0 }),
    async () => {
      const { sourcePath: path } = await front.get("dumpCell", { code: pick(CELLS) });
      return front.ask("setBreakpoints", { source: { path }, breakpoints: [line(), line()] });
    },
    start,
    start,
    () => front.ask("setExceptionBreakpoints", { filters: [pick(["all", "uncaught", "none"])] }),
    () => front.ask("pause", THREAD),
    step,
    step,
    () => front.ask("stackTrace", THREAD),
    () => front.ask("scopes", frame()),
    () => front.ask("variables", { variablesReference: random.integer(60) }),
    () => front.ask("evaluate", { expression: "total + 1", ...(random.integer(2) === 0 ? frame() : {}) }),
    () => front.ask(pick(["inspectVariables", "debugInfo", "modules", "threads", "exceptionInfo", "fly"])),
    () => kernel.interrupt(),
    () => front.ask("disconnect"),
  ];
  await front.attach();
  for (let i = 0; i < LENGTH; i++) await pick(acts)();
  await front.get("disconnect");
  const isOver = (): boolean => cells.every(({ reply }) => reply !== undefined);
  for (let i = 0; i < INTERRUPTS && !isOver(); i++) {
    await kernel.interrupt();
    await kernel.ask("kernel_info_request");
  }
  if (!isOver()) throw new Error(`a cell goes on after ${INTERRUPTS} interrupts`);
  expectResult("42", (await kernel.execute("20 + 22")).result);
  await front.attach();
  const { cell } = await front.runToStop("debugger;\n'stops again'");
  await front.get("continue", THREAD);
  expectResult("'stops again'", (await cell.done()).result);
  await front.get("disconnect");
}

/**
 * Sequences one after the other, each failure with its seed; a kernel that failed gives way to another.
 * @param seed the first one's
 */
export async function debugSequences(count: number, seed: number, say: (text: string) => void): Promise<string[]> {
  const failures: string[] = [];
  let kernel: LaunchedKernel | undefined;
  for (let i = 0; i < count; i++) {
    try {
      kernel ??= await ready();
      await debugSequence(kernel, seed + i);
    } catch (error) {
      const end = kernel?.running ? "" : `; the kernel ended: ${kernel?.launched.log()}`;
      failures.push(`debugger, sequence ${seed + i}: ${(error as Error).message}${end}`);
      await kernel?.kill();
      kernel = undefined;
    }
    if ((i + 1) % 20 === 0) say(`${i + 1} of ${count} sequences of a debugger, ${failures.length} failures`);
  }
  await kernel?.shutdown();
  return failures;
}

async function ready(): Promise<LaunchedKernel> {
  const kernel = await launch(kernelSpec("saccade"));
  await kernel.ready();
  return kernel;
}

function expectResult(expected: string, got: string | undefined): void {
  if (got !== expected) throw new Error(`a cell afterwards was to give ${expected}, got ${got}`);
}
