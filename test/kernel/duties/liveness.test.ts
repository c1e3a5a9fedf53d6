/** What a kernel answers while a cell computes or awaits. */
import { describe, expect, it } from "vitest";
import { examined, inLanguage, runs, useKernel, type Request } from "../client.js";

const kernel = useKernel();

/** Starts a cell that computes for 3 s without a pause. */
async function computing(): Promise<Request> {
  const request = kernel().start(inLanguage(
    `console.log("started"); for (const end = Date.now() + 3_000; Date.now() < end; );`,
    `import time; print("started", flush=True)\nend = time.time() + 3\nwhile time.time() < end: pass`));
  await request.printed("started");
  return request;
}

describe("while a cell computes", () => {
  it("the heartbeat echoes", async () => {
    const request = await computing();
    for (let beat = 0; beat < 5; beat++) await kernel().heartbeat();
    expect(request.reply).toBeUndefined();
    await request.done();
  });

  it("kernel_info is answered on the control channel before the cell ends", async () => {
    const request = await computing();
    expect((await kernel().ask("kernel_info_request", {}, { channel: "control" }))["status"]).toBe("ok");
    expect(request.reply).toBeUndefined();
    await request.done();
  });
});

describe.skipIf(examined === "ipykernel")("while a cell computes or awaits (ipykernel: neither)", () => {
  const awaiting = async (): Promise<Request> => {
    const request = kernel().start(`console.log("started"); await new Promise((resolve) => setTimeout(resolve, 3_000));`);
    await request.printed("started");
    return request;
  };
  for (const [state, begin] of [["computes", computing], ["awaits", awaiting]] as const) {
    it(`completion, inspection, is_complete, history and kernel_info are answered on shell while a cell ${state}`, async () => {
      await runs(kernel(), "var measured = { width: 1, height: 2 };");
      const request = await begin();
      expect((await kernel().complete("measured.wi"))["matches"]).toContain("width");
      expect((await kernel().inspect("measured"))["found"]).toBe(true);
      expect((await kernel().isComplete("1 + 1"))["status"]).toBe("complete");
      expect((await kernel().ask("history_request", { hist_access_type: "tail", n: 1, output: false, raw: true }))["history"]).toHaveLength(1);
      expect((await kernel().ask("kernel_info_request"))["status"]).toBe("ok");
      expect((await kernel().ask("comm_info_request"))["comms"]).toEqual({});
      expect(request.reply).toBeUndefined();
      await request.done();
    });
  }

  it("what a running cell declares is known to the one that is written meanwhile, from the moment it is asked to run", async () => {
    await runs(kernel(), "var earlier: number = 1;");
    const request = kernel().start(`var earlier: { widthMm: number } = { widthMm: 1 }; interface Running { heightMm: number } await new Promise((resolve) => setTimeout(resolve, 3_000));`);
    expect((await kernel().complete("earlier.wid"))["matches"]).toEqual(["widthMm"]);
    expect((await kernel().complete("({} as Running).hei"))["matches"]).toEqual(["heightMm"]);
    expect((await kernel().complete("earl"))["matches"].filter((name: string) => name === "earlier")).toHaveLength(1);
    expect((await kernel().inspect("earlier"))["data"]["text/plain"]).toContain("widthMm");
    expect(request.reply).toBeUndefined();
    await request.done();
    expect((await kernel().complete("earlier.wid"))["matches"]).toEqual(["widthMm"]);
  });

  it("what a cell would have declared is unknown again once it has failed", async () => {
    await runs(kernel(), "var before: { kept: number } = { kept: 1 };");
    const request = kernel().start(`await new Promise((resolve) => setTimeout(resolve, 1_500)); if (Date.now() > 0) throw new Error("on purpose"); const neverMade = 1; class before { lost = 1 }`);
    expect((await kernel().complete("neverM"))["matches"]).toEqual(["neverMade"]);
    expect(request.reply).toBeUndefined();
    await request.done();
    expect((await kernel().complete("neverM"))["matches"]).toEqual([]);
    expect((await kernel().complete("before.kep"))["matches"]).toEqual(["kept"]);
  });
});
