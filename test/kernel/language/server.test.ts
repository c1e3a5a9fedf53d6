import { existsSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { Notebook } from "./notebook.js";

const notebook = new Notebook();
afterAll(() => notebook.close());

describe("the language server", () => {
  it("that died is started again with all names known, and the cell says so", async () => {
    await notebook.all("const kept = 1;");
    process.kill(notebook.language.serverPid!, "SIGKILL");
    const ran = await notebook.run("kept + 1");
    expect([ran.value, ran.warnings]).toEqual([
      2,
      ["language-server: the type checker had stopped and was started again"],
    ]);
    expect((await notebook.run("kept.nope")).messages).toHaveLength(1);
    expect((await notebook.run("kept + 2")).warnings).toEqual([]);
  });

  it("that hangs is replaced", async () => {
    const impatient = new Notebook(undefined, 5_000); // the one that replaces it answers in less, on a busy machine too
    await impatient.all("const kept = 1;");
    process.kill(impatient.language.serverPid!, "SIGSTOP");
    const ran = await impatient.run("kept + 5");
    expect([ran.value, ran.warnings.length]).toEqual([6, 1]);
    await impatient.close();
  });

  it("ends with close", async () => {
    const other = new Notebook();
    await other.all("1");
    const pid = other.language.serverPid!;
    await other.close();
    await expect.poll(() => existsSync(`/proc/${pid}/stat`)).toBe(false);
  });
});
