/** A sweep in a notebook: a function of a cell is its trial, and it shows one output that is updated in place. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { runs, useKernel } from "../kernel/client.js";

const kernel = useKernel();
const folder = mkdtempSync(join(tmpdir(), "saccade-sweep-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("runs a function of a cell with awaits, a finally and imports, and refuses what is of other cells", async () => {
  await runs(kernel(), `import { sweeps } from "saccade";\nconst factor = 2;`);
  const space = "sweeps.grid({ a: [1, 2, 3] })";
  const options = `name: "cells", folder: ${JSON.stringify(folder)}, space: ${space}, processes: 1`;
  const { data, outputs } = await runs(
    kernel(),
    `const result = await sweeps.run({
      ${options},
      metric: "value",
      trial: async ({ config, report }) => {
        const { join } = await import("node:path");
        try {
          await report(1, { value: config.a });
          for await (const one of [Promise.resolve(1)]) await report(2, { value: config.a + one });
        } finally {
          await report(3, { value: config.a * 10 });
        }
        return { path: join("a", "b") };
      },
    });
    result`,
  );
  expect(data["text/plain"]).toContain("cells: 3 trials: 3 finished");
  expect(data["text/html"]).toMatch(/<caption>cells: 3 trials: 3 finished<\/caption>.*<td[^>]*>30<\/td>/);
  const shown = outputs.filter(({ type }) => type.endsWith("display_data"));
  expect(shown[0]!.type).toBe("display_data");
  expect(shown.slice(1).every(({ type }) => type === "update_display_data")).toBe(true);
  expect(JSON.stringify(shown.at(-1)!.content)).toContain("best value 30 (trial 2)");

  const { data: refused } = await runs(
    kernel(),
    `(await sweeps.run({ ${options}, trial: ({ config }) => config.a * factor }).catch((error) => error)).message`,
  );
  expect(refused["text/plain"]).toMatch(/trial must name only its arguments and globals, .* got factor from outside/);
});
