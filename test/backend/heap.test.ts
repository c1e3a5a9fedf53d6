import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const HEAP = new URL("../../dist/lib/backend/heap.js", import.meta.url).href;

it("trimHeap() gives back what was freed between parts in use", async ({ skip }) => {
  const program = `
    import koffi from "koffi";
    import { trimHeap } from ${JSON.stringify(HEAP)};
    const libc = koffi.load(null);
    const malloc = libc.func("void* malloc(size_t bytes)");
    const calloc = libc.func("void* calloc(size_t count, size_t bytes)");
    const free = libc.func("void free(void* block)");
    // the small ones stay in use
    const blocks = Array.from({ length: 2000 }, () => [calloc(1, 100_000), malloc(2_000)]);
    for (const [large] of blocks) free(large);
    const freed = process.memoryUsage.rss();
    trimHeap();
    const { glibcVersionRuntime } = process.report.getReport().header;
    const bytes = freed - process.memoryUsage.rss();
    console.log(JSON.stringify({ glibc: glibcVersionRuntime !== undefined, bytes }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program]);
  const { glibc, bytes } = JSON.parse(stdout) as { glibc: boolean; bytes: number };
  skip(!glibc, "no glibc here: there is nothing to give back");
  expect(bytes).toBeGreaterThan(60e6); // of 130 to 200
});
