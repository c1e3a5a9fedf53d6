import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, expect, it } from "vitest";
import { checkpoints } from "../../lib/study/checkpoints.js";
import { temporaryFolder } from "../cli/project.js";

const before = process.cwd();
beforeEach(() => process.chdir(temporaryFolder()));
afterEach(() => process.chdir(before));

const settings = { size: "full", seed: 1 };

it("checkpoints() have a folder for each study, setting and run, and go on from what lies there", () => {
  const kept = checkpoints("a-study", settings);
  expect(kept.of("all.cnn")).toEqual({
    checkpoint: { folder: "results/a-study/long/size-full.seed-1/all.cnn", everyMinutes: 3 },
    resume: true,
  });
  expect(kept.resumed).toEqual([]);
  mkdirSync("results/a-study/long/size-full.seed-1/all.vit", { recursive: true });
  writeFileSync("results/a-study/long/size-full.seed-1/all.vit/last.safetensors", "");
  kept.of("all.vit");
  expect(kept.resumed).toEqual([expect.stringMatching(/^all\.vit goes on from its checkpoint of \d{4}-/)]);
});

it("checkpoints().remove() deletes those of the runs it names, and no others", () => {
  const kept = checkpoints("a-study", settings);
  for (const run of ["one", "other"]) mkdirSync(kept.of(run).checkpoint.folder, { recursive: true });
  kept.remove(["one", "never made"]);
  expect([existsSync(kept.of("one").checkpoint.folder), existsSync(kept.of("other").checkpoint.folder)]).toEqual([
    false,
    true,
  ]);
});
