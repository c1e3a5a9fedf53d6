import { describe, expect, it } from "vitest";
import { warningsOf, writeReference } from "../../lib/cli/docs.js";
import { projectAt, ROOT } from "./project.js";

describe("warningsOf()", () => {
  it("takes TypeDoc's warnings, and not its count of them", () => {
    const output =
      "[info] html generated\n\x1b[93m[warning]\x1b[0m layers.Args (Interface) has no comment\n" +
      "[warning] Found 0 errors and 1 warnings\n";
    expect(warningsOf(output, 0)).toEqual(["layers.Args (Interface) has no comment"]);
  });

  it("throws TypeDoc's words where it could not read the sources", () => {
    expect(() => warningsOf("[error] TS2307: Cannot find module\n", 3)).toThrow(
      "docs: TypeDoc ended with 3:\n[error] TS2307: Cannot find module",
    );
  });
});

it("the reference lacks nothing: what is exported has its line, and what that names is exported too", async () => {
  expect(await writeReference(projectAt(ROOT), undefined)).toEqual([]);
});
