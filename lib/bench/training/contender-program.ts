/** A contender's program in Node: reads one JSON object per line and answers each with one, as peers/serve.py does. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

/** Answers the lines of standard input, one after the other. */
export async function serve<Request>(answer: (request: Request) => Promise<object>): Promise<void> {
  for await (const line of createInterface({ input: process.stdin }))
    process.stdout.write(`${JSON.stringify(await answer(JSON.parse(line) as Request))}\n`);
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Milliseconds that each of `count` runs of `work` takes, one after the other. */
export async function timedEach(count: number, work: () => Promise<void>): Promise<number[]> {
  const ms: number[] = [];
  for (let i = 0; i < count; i++) ms.push(await timed(work));
  return ms;
}

/** Peak resident set of this program alone: getrusage's also remembers the process that started this one. */
export function peakBytes(): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync("/proc/self/status", "utf8"))![1]) * 1024;
  } catch {
    return process.resourceUsage().maxRSS * 1024; // no Linux
  }
}
