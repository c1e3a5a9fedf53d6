/** What a kernel answers while a cell computes or awaits. */
import { describe, expect, it } from "vitest";
import { examined, inLanguage, makeGate, runs, useKernel, type Outcome, type Request } from "../client.js";

const kernel = useKernel();

/** Starts a cell that computes without a pause, or awaits, until it is ended. */
async function begun(
  does: "computes" | "awaits",
): Promise<{ readonly request: Request; readonly end: () => Promise<Outcome> }> {
  const gate = makeGate();
  const request = kernel().start(
    inLanguage(`console.log("started"); ${gate[does]}`, `print("started", flush=True)\n${gate[does]}`),
  );
  await request.printed("started");
  return { request, end: () => (gate.open(), request.done()) };
}

describe("while a cell computes", () => {
  it("the heartbeat echoes", async () => {
    const { request, end } = await begun("computes");
    for (let beat = 0; beat < 5; beat++) await kernel().heartbeat();
    expect(request.reply).toBeUndefined();
    await end();
  });

  it("kernel_info is answered on the control channel before the cell ends", async () => {
    const { request, end } = await begun("computes");
    expect((await kernel().ask("kernel_info_request", {}, { channel: "control" }))["status"]).toBe("ok");
    expect(request.reply).toBeUndefined();
    await end();
  });
});

describe.skipIf(examined === "ipykernel")("while a cell computes or awaits (ipykernel: neither)", () => {
  for (const state of ["computes", "awaits"] as const) {
    it(
      "completion, inspection, is_complete, history and kernel_info are answered on shell while a cell " + `${state}`,
      async () => {
        await runs(kernel(), "var measured = { width: 1, height: 2 };");
        const { request, end } = await begun(state);
        expect((await kernel().complete("measured.wi"))["matches"]).toContain("width");
        expect((await kernel().inspect("measured"))["found"]).toBe(true);
        expect((await kernel().isComplete("1 + 1"))["status"]).toBe("complete");
        expect(
          (await kernel().ask("history_request", { hist_access_type: "tail", n: 1, output: false, raw: true }))[
            "history"
          ],
        ).toHaveLength(1);
        expect((await kernel().ask("kernel_info_request"))["status"]).toBe("ok");
        expect((await kernel().ask("comm_info_request"))["comms"]).toEqual({});
        expect(request.reply).toBeUndefined();
        await end();
      },
    );
  }

  it(
    "what a running cell declares is known to the one that is written meanwhile, from the moment it is " +
      "asked to run",
    async () => {
      await runs(kernel(), "var earlier: number = 1;");
      const gate = makeGate();
      const request = kernel().start(
        `var earlier: { widthMm: number } = { widthMm: 1 }; interface Running { heightMm: number } ${gate.awaits}`,
      );
      expect((await kernel().complete("earlier.wid"))["matches"]).toEqual(["widthMm"]);
      expect((await kernel().complete("({} as Running).hei"))["matches"]).toEqual(["heightMm"]);
      expect((await kernel().complete("earl"))["matches"].filter((name: string) => name === "earlier")).toHaveLength(1);
      expect((await kernel().inspect("earlier"))["data"]["text/plain"]).toContain("widthMm");
      expect(request.reply).toBeUndefined();
      gate.open();
      await request.done();
      expect((await kernel().complete("earlier.wid"))["matches"]).toEqual(["widthMm"]);
    },
  );

  it("what a cell would have declared is unknown again once it has failed", async () => {
    await runs(kernel(), "var before: { kept: number } = { kept: 1 };");
    const gate = makeGate();
    const request = kernel().start(
      `${gate.awaits} if (Date.now() > 0) throw new Error("on purpose"); const neverMade = 1; class before ` +
        "{ lost = 1 }",
    );
    expect((await kernel().complete("neverM"))["matches"]).toEqual(["neverMade"]);
    expect(request.reply).toBeUndefined();
    gate.open();
    await request.done();
    expect((await kernel().complete("neverM"))["matches"]).toEqual([]);
    expect((await kernel().complete("before.kep"))["matches"]).toEqual(["kept"]);
  });
});
