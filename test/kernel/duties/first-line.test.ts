/** What a file may hold and a function may not: a `#!` line, and JSX without React, in cells and in local files. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { examined, fails, runs, useKernel } from "../client.js";

const folder = mkdtempSync(join(tmpdir(), "notebook-lines-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const kernel = useKernel({ cwd: folder });

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
const place = (error: { traceback?: unknown }, pattern: RegExp): string | undefined =>
  pattern.exec((error.traceback as string[]).join("\n").replaceAll(/\u001b\[[0-9;]*m/g, ""))?.[0];

describe.skipIf(examined === "ipykernel")("a #! line (ipykernel: Python's)", () => {
  it("at a cell's head is a comment, and positions behind it stay", async () => {
    expect((await runs(kernel(), "#!/usr/bin/env node\nconst two: number = 2;\ntwo + 1")).result).toBe("3");
    const thrown = await fails(kernel(), `#!/usr/bin/env node\n  throw new Error("here")`);
    expect(place(thrown, /Cell \[\d+\]:2:9/)).toBeDefined();
  });

  it("anywhere else is an error that says where", async () => {
    expect(place(await fails(kernel(), "1;\n#!/usr/bin/env node"), /Cell \[\d+\]:2:2/)).toBeDefined();
  });

  it("at a local file's head is a comment too", async () => {
    write(
      "script.ts",
      `#!/usr/bin/env node\nexport const seven: number = 7;\nexport const fail = () => {\n  throw Error("x");\n};\n`,
    );
    expect((await runs(kernel(), `import { seven } from "./script"; seven`)).result).toBe("7");
    expect(place(await fails(kernel(), `import { fail } from "./script"; fail()`), /script\.ts:4:9/)).toBeDefined();
  });
});

describe.skipIf(examined === "ipykernel")("JSX in a local file (ipykernel: has none)", () => {
  const shows = async (name: string, text: string): Promise<unknown> => {
    write(name, text);
    const { data, result } = await runs(kernel(), `import { view } from "./${name.split(".")[0]}"; view`);
    return data["text/html"] ?? result;
  };

  it.each([
    ["makes elements that show themselves, as in a cell", "own.tsx", `export const view = <b className="x">hi</b>;`],
    ["also in a .jsx file", "plain.jsx", `export const view = <b className="x">hi</b>;`],
    ["groups them", "group.tsx", `export const view = <><b class="x">{"hi"}</b></>;`],
  ])("%s", async (_what, name, text) => {
    expect(await shows(name, text)).toBe(`<b class="x">hi</b>`);
  });

  it("is made with React, or with an h, that the file itself has", async () => {
    const react = `const React = { createElement: (type: string): any => type + " by React" };`;
    expect(await shows("react.tsx", `${react}\nexport const view = <b/>;`)).toBe("'b by React'");
    const own = `function h(type: string): any { return type + " by h"; }\nexport const view = <b/>;`;
    expect(await shows("factory.tsx", own)).toBe("'b by h'");
  });

  it("a fragment passes the check in a cell as well", async () => {
    expect((await runs(kernel(), "<><i>1</i></>")).data["text/html"]).toBe("<i>1</i>");
  });
});
