import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Json } from "../../../kernel/contract.js";
import { capturedOutput, runMagics, type CapturedOutput, type MagicHost } from "../../../kernel/runtime/run-magics.js";

let folder: string;
let host: MagicHost & { stdout: string; stderr: string; payloads: Json[]; resets: number };

function makeHost(signal?: AbortSignal): typeof host {
  let sink: CapturedOutput | undefined;
  return {
    stdout: "",
    stderr: "",
    payloads: [],
    resets: 0,
    signal,
    write(name, text) {
      if (sink) sink[name] += text;
      else this[name] += text;
    },
    capture: (into) => ((sink = into), () => (sink = undefined)),
    reset() {
      this.resets++;
    },
    payload(item) {
      this.payloads.push(item);
    },
  };
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "magics-"));
  host = makeHost();
});
afterEach(() => rmSync(folder, { recursive: true }));

test("without magics the cell runs", async () => {
  let ran = 0;
  await runMagics([], host, async () => void ran++);
  expect(ran).toBe(1);
});

test("%%time prints both times, also of a cell that throws", async () => {
  await expect(runMagics([{ name: "time", args: "" }], host, () => Promise.reject(new Error("x")))).rejects.toThrow(
    "x",
  );
  expect(host.stdout).toMatch(/^CPU times: user [\d.]+ (µs|ms), system [\d.]+ (µs|ms)\nWall time: [\d.]+ (µs|ms)\n$/);
});

test("%%capture keeps the cell's output and gives it to the cell", async () => {
  let out: CapturedOutput | undefined;
  await runMagics([{ name: "capture", args: "out" }], host, async () => {
    host.write("stdout", "hidden");
    out = capturedOutput();
  });
  host.write("stdout", "shown");
  expect([out?.stdout, host.stdout]).toEqual(["hidden", "shown"]);
  expect(capturedOutput).toThrow("capturedOutput: needs a cell that starts with %%capture, got none");
});

test("%%bash streams both outputs, passes its words, and does not run the cell", async () => {
  let ran = false;
  await runMagics(
    [{ name: "bash", args: "a b", body: "echo $1-$2; printf 'é' >&2\n" }],
    host,
    async () => void (ran = true),
  );
  expect([host.stdout, host.stderr, ran]).toEqual(["a-b\n", "é", false]);
});

test("%%bash fails with the script's exit code", async () => {
  await expect(
    runMagics([{ name: "bash", args: "", body: "exit 3" }], host, async () => undefined),
  ).rejects.toMatchObject({
    message: "%%bash: the script must end with exit code 0, ended with exit code 3",
    exitCode: 3,
  });
});

test("an interrupt ends a script with all that it started", async () => {
  const controller = new AbortController();
  host = makeHost(controller.signal);
  const write = host.write;
  host.write = function (name, text) {
    write.call(this, name, text);
    if (text.includes("ready")) controller.abort();
  };
  await expect(
    runMagics([{ name: "bash", args: "", body: "sleep 1000 & echo ready; wait" }], host, async () => undefined),
  ).rejects.toThrow(/ended (by SIGINT|with exit code 130)/);
});

test("%load puts the file in the cell's place, and says which file it cannot read", async () => {
  const file = join(folder, "a.ts");
  writeFileSync(file, "let a = 1;\n");
  await runMagics([{ name: "load", args: file }], host, async () => undefined);
  expect(host.payloads).toEqual([
    { source: "set_next_input", text: `// loaded from ${file}\nlet a = 1;\n`, replace: true },
  ]);
  await expect(runMagics([{ name: "load", args: "./none.ts" }], host, async () => undefined)).rejects.toThrow(
    "%load: cannot read ./none.ts, there is no such file",
  );
});

test("%%writefile writes whole files and adds to them", async () => {
  const file = join(folder, "out.txt");
  await runMagics([{ name: "writefile", args: file, body: "one\n" }], host, async () => undefined);
  await runMagics([{ name: "writefile", args: `-a ${file}`, body: "two\n" }], host, async () => undefined);
  expect(readFileSync(file, "utf8")).toBe("one\ntwo\n");
  expect(host.stdout).toBe(`Wrote ${file}\nAdded to ${file}\n`);
});

test("%%writefile keeps the permissions of a file that it replaces, and leaves nothing beside it", async () => {
  const file = join(folder, "run.sh");
  writeFileSync(file, "old", { mode: 0o751 });
  await runMagics([{ name: "writefile", args: file, body: "new\n" }], host, async () => undefined);
  expect([readFileSync(file, "utf8"), statSync(file).mode & 0o777]).toEqual(["new\n", 0o751]);
  expect(readdirSync(folder)).toEqual(["run.sh"]);
});

test("%who lists names with types, %reset forgets, %lsmagic lists all", async () => {
  let ran = 0;
  const names = [
    { name: "model", type: "LayersModel", cell: 1 },
    { name: "x", type: "number", cell: 2 },
  ];
  await runMagics(
    [
      { name: "who", args: "", names },
      { name: "reset", args: "" },
    ],
    host,
    async () => void ran++,
  );
  expect(host.stdout).toBe("name   type\nmodel  LayersModel\nx      number\n");
  expect([host.resets, ran]).toEqual([1, 1]);
  await runMagics([{ name: "lsmagic", args: "" }], host, async () => undefined);
  expect(host.stdout).toContain("%%writefile [-a] file");
});
