/** Magics through the wire. Finding them in a cell has tests of its own in test/kernel/magics. */
import { expect, it } from "vitest";
import { fails, runs, useKernel } from "../client.js";

const kernel = useKernel();

it("%%time prints the cell's time and shows its value", async () => {
  const { stdout, result } = await runs(kernel(), "%%time\n1 + 1");
  expect([stdout, result]).toEqual([expect.stringMatching(/Wall time/), "2"]);
});

it("%%capture keeps the cell's output from the notebook", async () => {
  const { outputs } = await runs(kernel(), `%%capture kept\nconsole.log("hidden"); display(html\`<b>x</b>\`)`);
  expect(outputs).toEqual([]);
  expect((await runs(kernel(), "kept.stdout")).result).toMatch(/hidden/);
});

it("%%bash runs in bash, its failure fails the cell", async () => {
  expect((await runs(kernel(), "%%bash\necho from $0 | sed s/bash/bash/\nexit 0")).stdout).toMatch(/from/);
  await fails(kernel(), "%%bash\nexit 3");
});

it("an interrupted %%bash ends", async () => {
  const cell = kernel().start("%%bash\necho started; sleep 1000");
  await cell.printed("started");
  await kernel().interrupt();
  expect((await cell.done()).status).toBe("error");
});

it("%who lists names with types, %reset forgets them", async () => {
  await runs(kernel(), "const listed: number[] = [];");
  expect((await runs(kernel(), "%who")).stdout).toMatch(/listed +number\[\]/);
  await runs(kernel(), "%reset");
  await fails(kernel(), "listed");
});

it("// %%time as a comment works too", async () => {
  expect((await runs(kernel(), "// %%time\n1 + 1")).stdout).toMatch(/Wall time/);
});

it("an unknown magic lists the known ones", async () => {
  expect((await fails(kernel(), "%teleport"))["evalue"]).toMatch(/%%time.*%who/s);
});

it("%help is a page in the payload", async () => {
  const { reply } = await runs(kernel(), "%help");
  expect(reply.content["payload"]).toEqual([
    expect.objectContaining({ source: "page", data: { "text/plain": expect.stringMatching(/%%time/) } }),
  ]);
});
