/** The bench's own arithmetic and arguments; the figures are the bench's business. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { run } from "../../lib/cli/bench.js";
import { checkOptionsOf, median, toJsonRows, toRows, toTable } from "../../lib/bench/bench-case.js";
import { toSoakRows } from "../../lib/bench/soak-bench.js";

afterEach(() => vi.restoreAllMocks());

describe("bench", () => {
  for (const args of [[], ["teleport"]]) {
    it(`${args[0] ?? "nothing"} is no case: lists the known ones, exit code 2`, async () => {
      const error = vi.spyOn(console, "error").mockImplementation(() => {});
      expect(await run(args, undefined as never)).toBe(2);
      expect(error.mock.calls.join()).toMatch(/kernel.*soak/s);
    });
  }

  it("an unknown argument, row or kernel lists the known ones, exit code 2", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    expect(await run(["kernel", "--fast"], undefined as never)).toBe(2);
    expect(await run(["kernel", "--only", "teleport"], undefined as never)).toBe(2);
    expect(await run(["soak", "--kernel", "teleport"], undefined as never)).toBe(2);
    expect(await run(["training", "--only", "teleport"], undefined as never)).toBe(2);
    expect(await run(["data", "--only", "teleport"], undefined as never)).toBe(2);
    expect(await run(["inference", "--batch"], undefined as never)).toBe(2);
    expect(await run(["inference", "--batch", "many"], undefined as never)).toBe(2);
    expect(error.mock.calls.map(String).join()).toMatch(/--quick.*launch.*ipykernel.*cct_6_3x1.*study-4.*--full/s);
  });

  it("takes the median of even and odd counts", () => {
    expect([median([3, 1, 2]), median([4, 1, 2, 3]), median([])]).toEqual([2, 2.5, null]);
  });

  it("makes a row for each of ours beside each peer, with null where a peer cannot", () => {
    const [first, second] = toRows([{ case: "kernel", metric: "m", unit: "ms", samples: { ours: [2, 4], a: [6] } }], {
      ours: ["ours"],
      peers: ["a", "b"],
    });
    expect(first).toMatchObject({ case: "kernel", metric: "m", ours: 3, peerName: "a", peer: 6, ratio: 0.5, n: 2 });
    expect(second).toMatchObject({ peerName: "b", peer: null, ratio: null });
  });

  it("prints rows of six keys: medians, and minima of several samples", () => {
    const rows = toJsonRows(
      [
        { case: "kernel", metric: "  m", unit: "ms", samples: { ours: [2, 4, 6], a: [8, 10, 5] } },
        { case: "kernel", metric: "count", unit: "", samples: { ours: [3] } },
      ],
      { ours: ["ours"], peers: ["a"] },
    );
    expect(rows).toEqual([
      { case: "kernel", metric: "m, ms: ours / a", ours: 4, peer: 8, ratio: 0.5, n: 3 },
      { case: "kernel", metric: "m, minimum, ms: ours / a", ours: 2, peer: 5, ratio: 0.4, n: 3 },
      { case: "kernel", metric: "count: ours / a", ours: 3, peer: null, ratio: null, n: 1 },
    ]);
  });

  it("a soak's rows have the same keys, and no peer", () => {
    const rows = toSoakRows(
      "saccade",
      { cells: 40, seed: 1, failures: ["a", "b"], memoryMb: [100, 110], growth: 1.04 },
      12,
    );
    expect(rows.map(({ ours }) => ours)).toEqual([2, 1.04, 110, 12]);
    for (const row of rows)
      expect(row).toEqual({
        case: "soak",
        metric: expect.stringMatching(/: saccade$/),
        ours: expect.any(Number),
        peer: null,
        ratio: null,
        n: 40,
      });
  });

  it("--store keeps whole runs only, exit code 2", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    for (const args of [
      ["kernel", "--quick"],
      ["training", "--only", "mynet"],
      ["inference", "--full"],
      ["data", "--quick"],
    ]) {
      expect(await run([...args, "--store"], undefined as never)).toBe(2);
      expect(error.mock.calls.at(-1)).toEqual([
        `bench ${args[0]}: --store keeps a whole run, so only --json may stand beside it, got ` +
          `${args.slice(1).join(" ")}`,
      ]);
    }
  });

  it("gives the quartiles of the ratios of samples taken in pairs, and none of others", () => {
    const rows = toRows(
      [{ case: "x", metric: "m", unit: "ms", samples: { ours: [1, 4, 3, 2, 5], a: [2, 2, 2, 2, 2], b: [2, 2, 2] } }],
      { ours: ["ours"], peers: ["a", "b"] },
    );
    expect(rows.map(({ ratioSpread }) => ratioSpread)).toEqual([[1, 2], null]);
  });

  it("prints a dash where a contender cannot", () => {
    expect(toTable([{ metric: "m", unit: "ms", samples: { ours: [2] } }], ["ours", "a"]).split("\n")[1]).toMatch(
      /2\.00 \(2\.00\) n=1 +–$/,
    );
  });

  it("takes known flags and values", () => {
    expect(() => checkOptionsOf("x", ["--json", "--only", "lines"], ["json"], ["only"])).not.toThrow();
    expect(() => checkOptionsOf("x", ["json"], ["json"], [])).toThrow(/known ones: --json/);
  });
});
