/** History: tail, range, search, kept across sessions in the cache folder. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { examined, runs, start, useKernel } from "../client.js";

const cache = mkdtempSync(join(tmpdir(), "history-"));
afterAll(() => rmSync(cache, { recursive: true, force: true }));
const env = { SACCADE_CACHE: cache, IPYTHONDIR: cache };
const kernel = useKernel({ env });
type Entry = readonly [session: number, line: number, input: string | readonly [string, string | null]];

async function history(content: object, of = kernel()): Promise<readonly Entry[]> {
  return (await of.ask("history_request", { output: false, raw: true, ...content }))["history"] as readonly Entry[];
}

it("tail gives the last cells, oldest first", async () => {
  for (const code of ["11 + 1", "22 + 2", "33 + 3"]) await runs(kernel(), code);
  const tail = await history({ hist_access_type: "tail", n: 2 });
  expect(tail.map(([, , input]) => input)).toEqual(["22 + 2", "33 + 3"]);
});

it("tail with output has pairs", async () => {
  const [entry] = await history({ hist_access_type: "tail", n: 1, output: true });
  expect(entry![2]).toHaveLength(2);
  expect(entry![2][0]).toBe("33 + 3");
});

it("range gives lines of a session, its end left out", async () => {
  const [[session, line]] = (await history({ hist_access_type: "tail", n: 3 })) as [Entry];
  const range = await history({ hist_access_type: "range", session, start: line, stop: line + 2 });
  expect(range.map(([, , input]) => input)).toEqual(["11 + 1", "22 + 2"]);
});

it("search takes a glob, a number and unique", async () => {
  await runs(kernel(), "22 + 2");
  expect((await history({ hist_access_type: "search", pattern: "*22*" })).map(([, , input]) => input)).toEqual([
    "22 + 2",
    "22 + 2",
  ]);
  expect(await history({ hist_access_type: "search", pattern: "22*", unique: true })).toHaveLength(1);
  expect(await history({ hist_access_type: "search", pattern: "*", n: 3 })).toHaveLength(3);
});

it("leaves out what is not stored", async () => {
  await kernel().execute("44 + 4", { storeHistory: false });
  await kernel().execute("55 + 5", { silent: true });
  expect((await history({ hist_access_type: "tail", n: 50 })).map(([, , input]) => input)).not.toEqual(
    expect.arrayContaining(["44 + 4"]),
  );
});

it.skipIf(examined === "ipykernel")("is kept for the next session (ipykernel: written later)", async () => {
  const marker = `"a cell of the first session"`;
  const first = await start({ env });
  await runs(first, marker);
  await first.shutdown();
  const second = await start({ env });
  try {
    expect((await history({ hist_access_type: "tail", n: 20 }, second)).map(([, , input]) => input)).toContain(marker);
  } finally {
    await second.shutdown();
  }
});
