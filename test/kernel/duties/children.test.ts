/** Child processes that cells start: what ends with an interrupt, with the kernel, and what does not. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { processTree } from "../../../lib/bench/memory.js";
import { examined, runs, start, type LaunchedKernel, type Request } from "../client.js";

const folder = mkdtempSync(join(tmpdir(), "kernel-children-"));
afterAll(() => rmSync(folder, { recursive: true }));

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Waits until none of them is left: a process that has ended and lies uncollected has no children and no memory. */
const gone = (pids: readonly number[]): Promise<unknown> => expect.poll(() => pids.filter(isAlive)).toEqual([]);

/** The numbers that a cell prints, one a line, before "started". */
async function printedBy(cell: Request): Promise<number[]> {
  await cell.printed("started");
  return cell.stream("stdout").split("\n").map(Number).filter(Boolean);
}

const SPAWN = `import { exec, execSync, spawn, spawnSync } from "node:child_process";`;
const FOREVER = "await new Promise(() => {});";
/** Prints the numbers of a shell and of one below it. */
const TREE = `echo $$; sh -c 'echo $$; echo started; sleep 1000; true'; true`;
/** The same of a child that heeds no SIGINT, as none in the background does. */
const DEAF = `sleep 1000 & echo $$; echo $!; echo started; wait`;
const SHOWN = `{ stdio: ["ignore", "inherit", "inherit"] }`;

/** Computes within the start of a child, when it already runs. */
const CUT = `import { ChildProcess } from "node:child_process";
const child: any = new ChildProcess();
child.spawn({
  file: "/bin/sh",
  args: ["sh", "-c", ${JSON.stringify(TREE)}],
  stdio: ["ignore", "inherit", "inherit"],
  get detached() { while (child.pid !== undefined); return false; },
});`;

describe.skipIf(examined === "ipykernel")("child processes of cells (ipykernel: Python's)", () => {
  let kernel: LaunchedKernel;
  beforeAll(async () => {
    kernel = await start({ cwd: folder });
  });
  afterAll(() => kernel.kill());

  const CELLS: readonly (readonly [what: string, code: string])[] = [
    ["execSync", `${SPAWN} execSync("echo $$; echo started; exec sleep 1000", ${SHOWN}); console.log("on");`],
    ["spawnSync", `${SPAWN} spawnSync("sh", ["-c", ${JSON.stringify(TREE)}], ${SHOWN}); console.log("on");`],
    ["exec", `${SPAWN} exec(${JSON.stringify(DEAF)}).stdout!.pipe(process.stdout, { end: false }); ${FOREVER}`],
    ["spawn", `${SPAWN} spawn("sh", ["-c", ${JSON.stringify(TREE)}], ${SHOWN}); ${FOREVER}`],
    ["spawn before computing", `${SPAWN} spawn("sh", ["-c", ${JSON.stringify(TREE)}], ${SHOWN}); while (true) {}`],
    ["a start that is cut by it", CUT],
    ["%%bash", `%%bash\n${TREE}`],
  ];
  it.each(CELLS)("of %s end with an interrupt, and so does the cell", async (_what, code) => {
    const cell = kernel.start(code);
    const pids = await printedBy(cell);
    expect(pids.length).toBeGreaterThan(0);
    await kernel.interrupt();
    const { status, stdout, reply } = await cell.done();
    expect([status, reply.content["ename"]]).toEqual(["error", "KeyboardInterrupt"]);
    expect(stdout).not.toContain("on\n");
    await gone(pids);
    expect((await runs(kernel, "6 * 7")).result).toBe("42");
  });

  it("that a cell waits for and that heed no interrupt are killed by a second one", async () => {
    const cell = kernel.start(`${SPAWN} execSync("trap '' INT; echo $$; echo started; sleep 1000; true", ${SHOWN});`);
    const pids = await printedBy(cell);
    await kernel.interrupt();
    await kernel.interrupt();
    expect((await cell.done()).status).toBe("error");
    await gone(pids);
  });

  it("of an earlier cell go on when a later one is interrupted", async () => {
    const { stdout } = await runs(kernel, `${SPAWN} console.log(spawn("sleep", ["1000"]).pid);`);
    const cell = kernel.start(`console.log("started"); ${FOREVER}`);
    await cell.printed("started");
    await kernel.interrupt();
    await cell.done();
    expect(isAlive(Number(stdout))).toBe(true);
    process.kill(Number(stdout), "SIGKILL");
  });

  it("the one that lowers TypeScript is the kernel's own: it outlives the cell that needed it first", async () => {
    for (const name of ["first", "second"])
      writeFileSync(
        join(folder, `${name}.ts`),
        `const keep = (value: unknown, _context: unknown) => value as never;\n` +
          `@keep export class Lowered { is = "${name}"; }`,
      );
    const cell = kernel.start(
      `import { Lowered } from "./first"; console.log(new Lowered().is, "started"); ${FOREVER}`,
    );
    await cell.printed("started");
    const before = processTree(kernel.pid);
    await kernel.interrupt();
    await cell.done();
    expect((await runs(kernel, `import * as again from "./second"; new again.Lowered().is`)).result).toBe("'second'");
    expect(processTree(kernel.pid)).toEqual(before);
  });
});

describe.skipIf(examined === "ipykernel")("with its kernel (ipykernel: Python's)", () => {
  let kernel: LaunchedKernel;
  afterEach(() => kernel.kill());

  const LISTEN = `require("net").createServer().listen(0, () => console.log(process.pid + "\\nstarted"))`;
  const ends: readonly (readonly [string, (one: LaunchedKernel) => unknown])[] = [
    ["a restart", (one) => one.shutdown(true)],
    ["SIGTERM", (one) => one.signal("SIGTERM")],
    ["process.exit()", (one) => one.start("process.exit()")],
  ];
  it.each(ends)("a server that a cell has started ends by %s", async (_what, end) => {
    kernel = await start();
    const code = `${SPAWN} spawn(process.execPath, ["-e", ${JSON.stringify(LISTEN)}], ${SHOWN}); "left"`;
    const cell = kernel.start(code);
    const pids = await printedBy(cell);
    await cell.done();
    expect(pids.filter(isAlive)).toHaveLength(1);
    await end(kernel);
    await kernel.launched.exited;
    await gone(pids);
  });

  it("what %%bash left in the background ends, and what heeds no SIGTERM; a detached child does not", async () => {
    kernel = await start();
    const script = `trap '' TERM; sleep 1000 > /dev/null 2>&1 & echo $!`;
    const background = Number((await runs(kernel, `%%bash\n${script}`)).stdout);
    const detached = Number(
      (await runs(kernel, `${SPAWN} console.log(spawn("sleep", ["1000"], { detached: true, stdio: "ignore" }).pid)`))
        .stdout,
    );
    expect([background, detached].filter(isAlive)).toHaveLength(2);
    expect(await kernel.shutdown()).toMatchObject({ code: 0, signal: null });
    await gone([background]);
    expect(isAlive(detached)).toBe(true);
    process.kill(detached, "SIGKILL");
  });
});
