import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../lib/cli/bootstrap/commands.mjs";
import { ROOT } from "./project.js";

const readme = readFileSync(join(ROOT, "README.md"), "utf8");

describe("README", () => {
  it("shows the script that the tests run", () => {
    expect(/```js\n(.*?)```/s.exec(readme)?.[1]).toBe(
      readFileSync(join(ROOT, "test/fixtures/scripts/cifar10-vit.mjs"), "utf8"),
    );
  });
  it("names no command that is not there", () => {
    const named = [...readme.matchAll(/\bnpm (?:run )?([a-z][a-z:-]*)/g)].map(([, name]) => name);
    expect(named).toEqual(expect.arrayContaining(["start", "test", "studies"]));
    expect(named.filter((name) => !Object.hasOwn(COMMANDS, name ?? ""))).toEqual([]);
  });
});
