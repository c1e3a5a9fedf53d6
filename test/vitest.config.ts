import { defineConfig } from "vitest/config";
import { LongestFirst } from "./longest-first.js";

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  // tfjs as the build has it: an import of the package itself takes Node half a second longer
  resolve: {
    alias: [{ find: /^@tensorflow\/tfjs$/, replacement: new URL("../dist/vendor/tfjs.js", import.meta.url).pathname }],
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/integration/**", "test/**/browser/**"], // npm run test:integration
    globalSetup: ["test/temporary-folder.ts"],
    server: { deps: { external: [/\/dist\//] } }, // the build as Node itself loads it
    pool: "forks", // TensorFlow fails in worker threads
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
    // Only what hangs comes so far, at six times as many processes as cores too. No test has a limit of its own.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    teardownTimeout: 60_000,
    expect: { poll: { timeout: 300_000 } },
  },
});
