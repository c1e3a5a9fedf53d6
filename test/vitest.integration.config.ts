import { defineConfig } from "vitest/config";
import { LongestFirst } from "./longest-first.js";

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    include: ["test/integration/**/*.test.ts", "test/**/browser/**/*.test.ts"],
    globalSetup: ["test/temporary-folder.ts"],
    pool: "forks",
    maxWorkers: 2, // each starts servers and kernels of its own
    sequence: { sequencer: LongestFirst },
    // As in vitest.config.ts; whole suites run here under each version of Node.
    testTimeout: 3_600_000,
    hookTimeout: 3_600_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 300_000 } },
  },
});
