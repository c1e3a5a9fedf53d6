import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { partialResults, storedResult, storedResults } from "../../lib/study/index.js";
import { temporaryFolder } from "../cli/project.js";

/** A folder of results with these files. */
function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = join(temporaryFolder(), "results");
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe("what is stored of a study", () => {
  it("is read by size, and what is unfinished apart", () => {
    const folder = folderWith({
      "quick.json": '{"size": "quick"}',
      "quick.seed-1.json": '{"size": "quick", "config": {"seed": 1}}',
      "full.json": '{"size": "full"}',
      "partial.full.seed-1.json": '{"size": "full", "config": {"seed": 1}}',
      "claims.json": "[]",
    });
    expect(storedResults(folder, "quick").map(({ config }) => config?.["seed"])).toEqual([undefined, 1]);
    expect(storedResults(folder, "full")).toEqual([{ size: "full" }]);
    expect(partialResults(folder)).toEqual([{ size: "full", config: { seed: 1 } }]);
    expect(storedResults(join(folder, "none"), "full")).toEqual([]);
  });

  it("is named where a file is cut off", () => {
    const [stored, partial] = [folderWith({ "full.json": '{"si' }), folderWith({ "partial.quick.json": "" })];
    const file = join(stored, "full.json");
    expect(() => storedResult(file)).toThrow(
      new SyntaxError(`storedResult: ${file}: a stored result must be JSON, got "{\\"si"`),
    );
    expect(() => storedResults(stored, "full")).toThrow(`storedResults: ${file}: a stored result must be JSON`);
    expect(() => partialResults(partial)).toThrow(
      `partialResults: ${join(partial, "partial.quick.json")}: a partial result must be JSON, got ""`,
    );
  });
});
