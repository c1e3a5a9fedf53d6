/** Runs a soak and judges it. */
import { launch } from "../../client/launched-kernel.js";
import { kernelSpec, type KernelName } from "../../client/kernel-specs.js";
import { treeMemoryMb } from "../memory.js";
import { median } from "../bench-case.js";
import { ACTIONS } from "./actions.js";
import { createRandom } from "../../datasets/random.js";
import { Session } from "./session.js";

/** How long a soak is, and of which kernel. */
export interface SoakOptions {
  readonly cells: number;
  readonly seed: number;
  readonly kernel: KernelName;
  readonly say?: (text: string) => void;
}

/** What a soak found. */
export interface SoakReport {
  readonly cells: number;
  readonly seed: number;
  /** Everything found wrong: lost replies, wrong parents, wrong output, strays. */
  readonly failures: readonly string[];
  /** RSS of the process tree, MB: twenty samples over the soak. */
  readonly memoryMb: readonly number[];
  /** Median of the last quarter over that of the second one. */
  readonly growth: number;
}

/**
 * Runs mixed cells against a kernel of its own.
 * @throws Error where the kernel does not start or has died.
 */
export async function soak({ cells, seed, kernel: name, say = () => {} }: SoakOptions): Promise<SoakReport> {
  const kernel = await launch(kernelSpec(name));
  const memoryMb: number[] = [];
  try {
    await kernel.ready();
    const session = new Session(kernel, createRandom(seed), name === "ipykernel");
    const total = ACTIONS.reduce((sum, [weight]) => sum + weight, 0);
    while (session.cells < cells) {
      let place = session.random.uniform() * total;
      const [, action] = ACTIONS.find(([weight]) => (place -= weight) < 0) ?? ACTIONS[0]!;
      session.action = action.name;
      await action(session);
      if (!kernel.running)
        throw new Error(
          `soak: the kernel ended after ${session.cells} cells (seed ${seed}, ${action.name}); it ` +
            `wrote:\n${kernel.launched.log()}`,
        );
      if (session.cells >= ((memoryMb.length + 1) * cells) / 20) {
        memoryMb.push(treeMemoryMb(kernel.pid));
        say(
          `${session.cells} of ${cells} cells, ${Math.round(memoryMb.at(-1)!)} MB, ${session.failures.length} failures`,
        );
      }
      for (const client of [kernel, session.client]) client.received.length = 0; // a soak looks at its requests only
    }
    await session.finish();
    const quarter = Math.floor(memoryMb.length / 4);
    const growth = median(memoryMb.slice(-quarter))! / median(memoryMb.slice(quarter, 2 * quarter))!;
    return { cells: session.cells, seed, failures: session.failures, memoryMb, growth };
  } finally {
    await kernel.shutdown();
  }
}
