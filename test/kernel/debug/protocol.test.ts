/** Every request is answered as the Debug Adapter Protocol's own schema says, whatever comes. */
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Content, FrontEnd, KernelClient, runs, useKernel } from "../client.js";
import { pythonPath } from "../../../lib/client/kernel-specs.js";

const kernel = useKernel();

/** What the schema has to say of replies and events; its names for them, to see that each was looked at. */
function checked(messages: readonly Content[]): { names: string[]; complaints: string[] } {
  const script = join(import.meta.dirname, "dap_schema.py");
  const input = messages.map((message) => JSON.stringify(message)).join("\n");
  const found = JSON.parse(execFileSync(pythonPath(), [script], { input, encoding: "utf8" })) as [string, string[]][];
  return { names: found.map(([name]) => name), complaints: found.flatMap(([, complaints]) => complaints) };
}

const isDebug = (type: string): boolean => type === "debug_reply" || type === "debug_event";

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

  it.skipIf(!existsSync(pythonPath()))("and events say what the protocol's schema does", async () => {
    const front = new FrontEnd(kernel());
    await front.attach();
    const code =
      "let list: unknown[] = [1, new Map([[1, 2]])];\n" +
      "const inner = (n: number) => {\n  return n;\n};\ninner(1);\ninner(2);";
    const { sourcePath: path } = await front.get("dumpCell", { code });
    await front.get("setBreakpoints", { source: { path }, breakpoints: [{ line: 5 }, { line: 3, logMessage: "{n}" }] });
    await front.get("setExceptionBreakpoints", { filters: ["uncaught"] });
    await front.get("configurationDone");
    await front.get("threads");
    const { cell } = await front.runToStop(code);
    const { stackFrames } = await front.get("stackTrace", { threadId: 1, startFrame: 0, levels: 5 });
    const frameId = stackFrames[0].id;
    const { scopes } = await front.get("scopes", { frameId });
    for (const { variablesReference } of scopes) await front.get("variables", { variablesReference });
    const { variablesReference } = scopes[0];
    await front.get("setVariable", { variablesReference, name: "list", value: "[3]" });
    for (const context of ["hover", "watch", "repl"])
      expect(await front.get("evaluate", { expression: "list.length as number", frameId, context })).toMatchObject({
        result: "1",
      });
    await front.get("source", { source: { path } });
    await front.get("modules");
    await front.get("inspectVariables");
    await front.get("richInspectVariables", { variableName: "list", frameId });
    await front.get("copyToGlobals", { srcVariableName: "list", dstVariableName: "copied", srcFrameId: frameId });
    expect((await front.step("stepIn")).at[0]).toBe("inner:3");
    await front.step("stepOut");
    expect(await front.ask("exceptionInfo", { threadId: 1 })).toMatchObject({ success: false });
    await front.get("next", { threadId: 1 });
    await cell.done();
    expect((await runs(kernel(), "copied.length + earlier.length")).result).toBe("3");
    const thrown = await front.runToStop("const never = 1;\nthrow new TypeError('no');");
    await front.get("exceptionInfo", { threadId: 1 });
    await front.get("continue", { threadId: 1 });
    expect((await thrown.cell.done()).status).toBe("error");
    await front.get("disconnect");
    const messages = kernel()
      .received.filter(({ type }) => isDebug(type))
      .map(({ content }) => content);
    const { names, complaints } = checked(messages);
    expect(complaints).toEqual([]);
    for (const name of [
      "StoppedEvent",
      "ContinuedEvent",
      "OutputEvent",
      "InitializedEvent",
      "TerminatedEvent",
      "ErrorResponse",
      "Response",
      "StackTraceResponse",
      "ScopesResponse",
      "VariablesResponse",
      "SetVariableResponse",
      "EvaluateResponse",
      "SetBreakpointsResponse",
      "SetExceptionBreakpointsResponse",
      "ExceptionInfoResponse",
      "ModulesResponse",
      "SourceResponse",
      "ThreadsResponse",
      "NextResponse",
      "StepInResponse",
      "StepOutResponse",
      "ContinueResponse",
      "InitializeResponse",
      "AttachResponse",
      "ConfigurationDoneResponse",
      "DisconnectResponse",
    ])
      expect(names, name).toContain(name);
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
