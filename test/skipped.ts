/** A reporter of vitest's: which files have skipped tests, how many, and why. */
import type { Reporter, TestModule } from "vitest/node";

export default class Skipped implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const counts = new Map<string, number>();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state !== "skipped") continue;
        const { parent } = test;
        const line =
          `${module.relativeModuleId}: ` + `${result.note ?? (parent.type === "suite" ? parent.name : test.name)}`;
        counts.set(line, (counts.get(line) ?? 0) + 1);
      }
    }
    for (const [line, count] of counts) console.log(`skipped, ${count} of ${line}`);
  }
}
