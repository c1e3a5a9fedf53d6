/** The kernels that the bench compares, and each cell in the language of each. */
import { launch, type LaunchedKernel } from "../../client/launched-kernel.js";
import { kernelSpec, type KernelName } from "../../client/kernel-specs.js";
import type { KernelSpec } from "../../client/process.js";

/** A kernel as it is measured. */
export interface Contender {
  readonly name: string;
  readonly kernel: KernelName;
  readonly spec: KernelSpec;
  readonly code: Code;
}

/** The bench's cells. `number` makes a cell's text and names different from all others'. */
interface Code {
  readonly one: string;
  readonly trivial: string;
  readonly declare: (number: number) => string;
  /** Declares, and uses the names of four earlier declaring cells. */
  readonly declareUsing: (number: number, earlier: readonly number[]) => string;
  readonly lines: (count: number) => string;
  readonly busy: string;
  readonly asyncLoop: string;
  /** Computes for so many seconds without a pause. */
  readonly compute: (seconds: number) => string;
  readonly completion: string;
  readonly inspection: string;
}

const TYPESCRIPT: Code = {
  one: "1 + 1",
  trivial: "x + 1",
  declare: (n) =>
    `const c${n}: number = ${n};\nfunction f${n}(v: number): number { return v * c${n}; }\nclass K${n} { ` +
    `constructor(readonly v: number) {} area(): number { return f${n}(this.v); } }`,
  declareUsing: (n, [a, b, c, d]) =>
    `const c${n} = c${a} + f${b}(2);\nfunction f${n}(v: number): number { return f${c}(v) + c${n}; ` +
    `}\nclass K${n} extends K${d} { more(): number { return f${n}(this.area()); } }`,
  lines: (count) => `for (let line = 0; line < ${count}; line++) console.log(line);`,
  busy: `console.log("started"); while (true) {}`,
  asyncLoop: `console.log("started"); for (;;) await new Promise((resolve) => setTimeout(resolve, 5));`,
  compute: (seconds) => `console.log("started"); for (const end = Date.now() + ${seconds * 1000}; Date.now() < end; );`,
  completion: "Math.flo",
  inspection: "Math.floor",
};

const PYTHON: Code = {
  one: "1 + 1",
  trivial: "x + 1",
  declare: (n) =>
    `c${n} = ${n}\ndef f${n}(v): return v * c${n}\nclass K${n}:\n    def __init__(self, v): self.v = v\n ` +
    `   def area(self): return f${n}(self.v)`,
  declareUsing: (n, [a, b, c, d]) =>
    `c${n} = c${a} + f${b}(2)\ndef f${n}(v): return f${c}(v) + c${n}\nclass K${n}(K${d}):\n    def ` +
    `more(self): return f${n}(self.area())`,
  lines: (count) => `for line in range(${count}): print(line)`,
  busy: `print("started", flush=True)\nwhile True: pass`,
  asyncLoop: `import asyncio\nprint("started", flush=True)\nwhile True: await asyncio.sleep(0.005)`,
  compute: (seconds) =>
    `import time; print("started", flush=True)\nend = time.time() + ${seconds}\nwhile time.time() < end: pass`,
  completion: "str.upp",
  inspection: "str.upper",
};

/** The environment variable by which our kernel is told how to check. */
const CHECKING = "SACCADE_CHECK";

export const OURS = ["ours", "ours, unchecked"] as const;
export const PEERS = ["ipykernel", "tslab"] as const;

/** All that are measured, ours first. */
export function contenders(): Contender[] {
  return [
    { name: OURS[0], kernel: "saccade", spec: kernelSpec("saccade"), code: TYPESCRIPT },
    {
      name: OURS[1],
      kernel: "saccade",
      spec: { ...kernelSpec("saccade"), env: { [CHECKING]: "off" } },
      code: TYPESCRIPT,
    },
    { name: PEERS[0], kernel: "ipykernel", spec: kernelSpec("ipykernel"), code: PYTHON },
    { name: PEERS[1], kernel: "tslab", spec: kernelSpec("tslab"), code: TYPESCRIPT },
  ];
}

/**
 * Launches a contender and waits until it answers.
 * @throws Error with what it wrote, where it does not
 */
export async function open(contender: Contender, cwd?: string): Promise<LaunchedKernel> {
  const kernel = await launch(contender.spec, cwd === undefined ? {} : { cwd });
  try {
    await kernel.ready();
    return kernel;
  } catch (error) {
    await kernel.kill();
    throw new Error(`${contender.name} did not answer; it wrote:\n${kernel.launched.log()}`, { cause: error });
  }
}
