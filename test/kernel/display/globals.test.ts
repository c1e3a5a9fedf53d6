import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { globals } from "../../../kernel/runtime/install-globals.js";

const root = new URL("../../..", import.meta.url).pathname;

test("globals.d.ts says of every global what it is", () => {
  const folder = mkdtempSync(join(root, "test/kernel/display/.globals-"));
  try {
    const names = Object.keys(globals);
    const checks = names.map((name) => `export const ${name}_: typeof ${name} = globals.${name};`).join("\n");
    writeFileSync(
      join(folder, "check.ts"),
      `import { globals } from "../../../../kernel/runtime/install-globals.js";\n${checks}\n`,
    );
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({
        extends: join(root, "tsconfig.json"),
        include: [join(folder, "check.ts"), join(root, "kernel/runtime/globals.d.ts")],
        exclude: [],
      }),
    );
    const output = (() => {
      try {
        return execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", folder], {
          encoding: "utf8",
        });
      } catch (error) {
        return (error as { readonly stdout: string }).stdout;
      }
    })();
    expect(output).toBe("");
    expect(names).toContain("display");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
