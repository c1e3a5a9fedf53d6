import { defineConfig } from "vitest/config";

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    include: ["test/integration/**/*.test.ts"],
    globalSetup: ["test/temporary-folder.ts"],
    pool: "forks",
    maxWorkers: 2, // each starts servers and kernels of its own
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
});
