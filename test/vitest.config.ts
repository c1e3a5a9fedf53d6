import { defineConfig } from "vitest/config";

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/integration/**"], // npm run test:integration
    globalSetup: ["test/temporary-folder.ts"],
    pool: "forks", // TensorFlow fails in worker threads
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
