/** Every request is answered, whatever comes. (That the protocol's schema is kept: exchange.test.ts.) */
import { describe, expect, it } from "vitest";
import { type Content, FrontEnd, KernelClient, runs, useKernel } from "../client.js";

const kernel = useKernel();

describe("debug requests", () => {
  it("are told of in kernel_info, and answered before anything was attached", async () => {
    const info = await kernel().ask("kernel_info_request");
    expect(info["supported_features"]).toContain("debugger");
    const front = new FrontEnd(kernel());
    await runs(kernel(), "const earlier = [1, 2];");
    expect(await front.get("debugInfo")).toMatchObject({ isStarted: false, stoppedThreads: [], breakpoints: [] });
    const { variables } = await front.get("inspectVariables");
    expect(variables).toEqual([expect.objectContaining({ name: "earlier", value: "[ 1, 2 ]", type: "Array" })]);
    const inner = await front.get("variables", { variablesReference: variables[0].variablesReference });
    expect(inner.variables.map(({ name, value }: Record<string, string>) => [name, value])).toEqual([
      ["0", "1"],
      ["1", "2"],
    ]);
    const rich = await front.get("richInspectVariables", { variableName: "earlier" });
    expect(rich.data["text/plain"]).toBe("[ 1, 2 ]");
    for (const command of ["stackTrace", "setBreakpoints", "evaluate", "continue", "copyToGlobals"])
      expect(await front.ask(command), command).toMatchObject({ success: false, command, message: /attach/ });
  });

  it("copy a value that the next cell declares, and say how code names what is in one", async () => {
    const front = new FrontEnd(kernel());
    await front.attach();
    const code = 'const list: unknown[] = [{ own: 1, "a b": [2] }, new Map([[1, 2]])];\nlist.length';
    await front.breakAt(code, [2]);
    const { cell } = await front.runToStop(code);
    const [{ id: frameId }] = (await front.get("stackTrace", { threadId: 1 })).stackFrames;
    const inside = async (variablesReference: number): Promise<Record<string, number | string>[]> =>
      (await front.get("variables", { variablesReference })).variables;
    const { variablesReference } = await front.get("evaluate", { expression: "list", frameId });
    const [first, map] = await inside(variablesReference);
    expect(map).toMatchObject({ name: "1", evaluateName: "list[1]" });
    expect(await inside(first!["variablesReference"] as number)).toMatchObject([
      { evaluateName: "list[0].own" },
      { evaluateName: 'list[0]["a b"]' },
    ]);
    const [entries] = await inside(map!["variablesReference"] as number);
    expect(entries).not.toHaveProperty("evaluateName");
    await front.get("copyToGlobals", { srcVariableName: "list", dstVariableName: "copied", srcFrameId: frameId });
    await front.get("continue", { threadId: 1 });
    await cell.done();
    expect((await runs(kernel(), "copied.length")).result).toBe("2");
    await front.get("disconnect");
  });

  it("that make no sense are refused by name", async () => {
    const front = new FrontEnd(kernel());
    await front.attach();
    const refused: [string, unknown, RegExp][] = [
      ["fly", {}, /there is no request "fly"/],
      ["toString", {}, /there is no request/],
      ["initialize", { linesStartAt1: false }, /counted from 1/],
      ["setBreakpoints", {}, /path must be a string/],
      ["setBreakpoints", { source: { path: "/a.ts" }, breakpoints: [{}] }, /line must be a whole number/],
      ["setBreakpoints", { source: { path: "/a.ts" }, breakpoints: [{ line: 1, hitCondition: "x" }] }, /hitCondition/],
      ["variables", { variablesReference: 12345 }, /must be one of this stop, got 12345/],
      ["evaluate", { expression: "let = ;" }, /./],
      ["evaluate", { expression: "missing + 1" }, /missing is not defined/],
      ["evaluate", { expression: "1", frameId: 99 }, /frameId must be one of this stop/],
      ["source", { source: { path: "/not/there.ts" } }, /must be a cell's or a file's/],
      ["richInspectVariables", { variableName: "1 + 1" }, /must be a name/],
      ["dumpCell", { code: 1 }, /code must be a string/],
      ["next", { threadId: 1 }, /must be stopped/],
    ];
    for (const [command, args, message] of refused)
      expect(await front.ask(command, args), command).toMatchObject({
        success: false,
        message: expect.stringMatching(message),
      });
    const bare = await kernel().ask("debug_request", {}, { channel: "control" });
    expect(bare).toMatchObject({ type: "response", success: false });
    await front.get("disconnect");
  });

  it("of two front ends have one state, and both hear the events", async () => {
    const first = new FrontEnd(kernel());
    await first.attach();
    const code = "const shared = 1;\nshared + 1";
    const line = (await first.breakAt(code, [2]))[0]!.line;
    const client = new KernelClient(kernel().connection);
    try {
      await client.ready();
      const heard = client.next(({ type, content }) => type === "debug_event" && content["event"] === "stopped");
      const { cell } = await first.runToStop(code);
      await heard;
      const ask = async (command: string, args: Content = {}): Promise<Content> =>
        (
          await client.ask(
            "debug_request",
            { type: "request", seq: 1, command, arguments: args },
            { channel: "control" },
          )
        )["body"] as Content;
      const info = await ask("debugInfo");
      expect(info).toMatchObject({ isStarted: true, stoppedThreads: [1], breakpoints: [{ breakpoints: [{ line }] }] });
      await ask("continue", { threadId: 1 });
      expect((await cell.done()).result).toBe("2");
    } finally {
      client.close();
      await first.get("disconnect");
    }
  });
});
