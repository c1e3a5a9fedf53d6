/** Breakpoints and steps in packages and in saccade's own sources. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { transformSync } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FrontEnd, projectRoot, runs, useKernel } from "../client.js";

const folder = mkdtempSync(join(tmpdir(), "debug-"));
const kernel = useKernel({ cwd: folder });
let front: FrontEnd;

beforeEach(async () => {
  front = new FrontEnd(kernel());
  await front.attach();
});

afterEach(() => front.get("disconnect"));

/** Writes a package's file. @returns its path */
function write(path: string, text: string): string {
  const file = join(folder, "node_modules", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

/** Sets breakpoints in a file. @returns their lines, of those that can be stopped at */
async function breakIn(path: string, lines: readonly number[]): Promise<number[]> {
  const breakpoints = lines.map((line) => ({ line }));
  const set = await front.get("setBreakpoints", { source: { path }, breakpoints });
  return set.breakpoints.flatMap(({ verified, line }: { verified: boolean; line: number }) => (verified ? line : []));
}

const JAVASCRIPT =
  "function each(list, call) {\n  const found = list.map(call);\n  return found;\n}\n" +
  "function twice(n) {\n  return each([n], (one) => 2 * one)[0];\n}\n";

describe("a package's JavaScript", () => {
  it("stops where a breakpoint is set before it is loaded, and steps through it until it is left", async () => {
    write("modular/package.json", '{ "name": "modular", "type": "module", "exports": "./index.js" }');
    const path = write("modular/index.js", `${JAVASCRIPT}export { twice };\n`);
    expect(await breakIn(path, [1])).toEqual([2]);
    const { cell } = await front.runToStop('import { twice } from "modular";\nconst four = twice(2);\nfour');
    expect(await front.lines()).toEqual(["each:2", "twice:6", expect.stringMatching(/^Cell \[\d+\]:2$/)]);
    const { stackFrames } = await front.get("stackTrace", { threadId: 1 });
    expect(stackFrames[0]).toMatchObject({ source: { path, name: "index.js" }, presentationHint: "subtle" });
    expect(await front.names("Locals")).toMatchObject({ list: "[ 2 ]" });
    expect((await front.step("next")).at[0]).toBe("each:3");
    expect((await front.step("stepOut")).at[0]).toBe("twice:6");
    expect((await front.step("stepOut")).at).toEqual([expect.stringMatching(/^Cell \[\d+\]:[23]$/)]);
    await front.get("continue", { threadId: 1 });
    expect((await cell.done()).result).toBe("4");
    await breakIn(path, []);
  });

  it("is stepped over and not shown, unless a front end attaches with justMyCode: false", async () => {
    write("common/package.json", '{ "name": "common" }');
    const path = write("common/index.js", `${JAVASCRIPT}exports.twice = twice;\n`);
    await runs(kernel(), 'import { twice as again } from "common";');
    const code = "const given = again(3);\nagain(given)";
    const own = expect.stringMatching(/^Cell \[\d+\]:[12]$/);
    await front.breakAt(code, [1]);
    let { cell } = await front.runToStop(code);
    expect((await front.step("stepIn")).at).toEqual([own]);
    await front.get("continue", { threadId: 1 });
    await cell.done();
    await front.get("attach", { justMyCode: false });
    ({ cell } = await front.runToStop(code));
    expect((await front.step("stepIn")).at).toEqual(["twice:6", own]);
    expect(await breakIn(path, [3])).toEqual([3]);
    expect((await front.step("continue")).at).toEqual(["each:3", "twice:6", own]);
    await breakIn(path, []);
    await front.get("continue", { threadId: 1 });
    expect((await cell.done()).result).toBe("12");
  });
});

it("files whose paths a URL says otherwise stop, both TypeScript and a package's JavaScript", async () => {
  const odd = "a b%20 ä#?~[1]";
  const script = write(`${odd}/index.js`, `${JAVASCRIPT}exports.twice = twice;\n`);
  const module = join(folder, odd, "own.ts");
  mkdirSync(dirname(module));
  writeFileSync(module, "export const own = (n: number): number => {\n  return 2 * n;\n};\n");
  expect(await breakIn(script, [2])).toEqual([2]);
  expect(await breakIn(module, [2])).toEqual([2]);
  const code =
    `import { own } from ${JSON.stringify(`./${odd}/own.ts`)};\n` +
    `const { twice: oddly } = require(${JSON.stringify(odd)}) as { twice(n: number): number };\noddly(own(1))`;
  const { cell } = await front.runToStop(code);
  expect(await front.lines()).toEqual(["own:2", expect.stringMatching(/:3$/)]);
  expect((await front.step("continue")).at).toEqual(["each:2", "twice:6", expect.stringMatching(/:3$/)]);
  for (const path of [script, module]) await breakIn(path, []);
  await front.get("continue", { threadId: 1 });
  expect((await cell.done()).result).toBe("4");
});

describe("what was compiled from a file that is there", () => {
  it("stops in the file, by the script's source map", async () => {
    const source =
      "interface Named {\n  name: string;\n}\n\nexport const hello = (to: Named): string => {\n  return to.name;\n};\n";
    const { code, map } = transformSync(source, { loader: "ts", sourcemap: true, sourcefile: "../src/hello.ts" });
    write("compiled/package.json", '{ "name": "compiled", "type": "module", "exports": "./dist/hello.js" }');
    write("compiled/dist/hello.js", `${code}//# sourceMappingURL=hello.js.map\n`);
    write("compiled/dist/hello.js.map", map);
    const path = write("compiled/src/hello.ts", source);
    expect(await breakIn(path, [2])).toEqual([5]);
    const { cell } = await front.runToStop('import { hello } from "compiled";\nhello({ name: "a" })');
    expect(await front.lines()).toEqual(["hello.ts:5", "await:0", expect.stringMatching(/^Cell \[\d+\]:1$/)]);
    expect(await breakIn(path, [6])).toEqual([6]);
    expect((await front.step("continue")).at[0]).toBe("hello:6");
    const { modules } = await front.get("modules");
    expect(modules).toContainEqual(expect.objectContaining({ name: "compiled/src/hello.ts", path }));
    await breakIn(path, []);
    await front.get("continue", { threadId: 1 });
    expect((await cell.done()).result).toBe("'a'");
  });

  it("so do saccade's own sources", async () => {
    const path = join(projectRoot(), "lib/datasets/random.ts");
    const line =
      readFileSync(path, "utf8")
        .split("\n")
        .findIndex((text) => text.includes("return fromState(")) + 1;
    expect(await breakIn(path, [line])).toEqual([line]);
    const { cell } = await front.runToStop('import { datasets } from "saccade";\ndatasets.createRandom(7).integer(1)');
    expect(await front.lines()).toEqual([`createRandom:${line}`, expect.stringMatching(/^Cell \[\d+\]:2$/)]);
    expect(await front.names("Locals")).toEqual({ words: "[ 7 ]" });
    expect((await front.step("stepIn")).at[0]).toMatch(/^(?:stateOf|fromState):/);
    await breakIn(path, []);
    await front.get("continue", { threadId: 1 });
    expect((await cell.done()).result).toBe("0");
  });
});
