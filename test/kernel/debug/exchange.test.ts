/**
 * One whole exchange by jupyter_client: ours as the Debug Adapter Protocol's own schema says it, and beside what
 * ipykernel said, message by message, where what differs has its reason here.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { kernelSpec, pythonPath } from "../client.js";
import { exchange, factsOf, recorded, type Facts } from "./exchange.js";

/**
 * What differs: the step and the place in its message, what ours has there and what ipykernel's, and why. `*` stands
 * for anything, nothing for a place that is not there.
 */
const DIFFERENCES: readonly (readonly [step: string, place: string, ours: string, theirs: string, why: string])[] = [
  ["*", "answer", "", "none", "no request is left without an answer: where it cannot be done, that is said"],
  ["next at no stop", "*", "*", "", "the same"],
  ["what is no request", "*", "*", "", "the same"],
  ["richInspectVariables", "*", "*", "", "the same, of one in four"],
  ["modules", "type", "string", "", "ipykernel sends a body alone"],
  ["modules", "command", "string", "", "the same"],
  ["modules", "success", "true", "", "the same"],
  [
    "modules",
    "body.modules*",
    "*",
    "*",
    "files that cells imported; in Python all that the kernel itself imported, too",
  ],
  ["evaluate an error", "body.error.*", "*", "", "the schema asks for a body of a refusal; debugpy sends none"],

  ["debugInfo*", "body.exceptionPaths*", "*", "*", "a tree of exception classes, which is Python's"],
  ["initialize", "*Filters[].filter", "all; uncaught", "raised; uncaught; userUnhandled", "the third is for IPython"],
  ["initialize", "*.supportsCompletionsRequest", "", "true", "complete_request answers at a stop too"],
  ["initialize", "*.supportsFunctionBreakpoints", "", "true", "V8 has breakpoints by place only"],
  ["initialize", "*.supportsGotoTargetsRequest", "", "true", "V8 does not jump"],
  ["initialize", "*.supportsStepInTargetsRequest", "", "true", "V8 steps into the first call"],
  ["initialize", "*.supportsSetExpression", "", "true", "evaluate assigns as well"],
  ["initialize", "*.supportsTerminate*", "", "true", "interrupt and shutdown are messages of Jupyter's own"],
  ["initialize", "*.supportsExceptionOptions", "", "true", "a tree of exception classes, which is Python's"],
  ["initialize", "*.supportsClipboardContext", "", "true", "a value is written alike in every context"],
  ["initialize", "*.supportsValueFormattingOptions", "", "true", "the same"],
  ["initialize", "*.supportsDebuggerProperties", "", "true", "debugpy's own"],
  ["events", "*", "", "heard", "debugpy tells of its process, threads and modules"],

  ["setBreakpoints comment", "body.breakpoints[].line", "3", "1", "down to the next line with code, not up to the def"],
  ["debugInfo at a stop", "*[].line", "3; 8; 4", "1; 8; 4", "the same"],
  ["debugInfo at a stop", "*[].condition", "string", "", "a second front end sees conditions too"],
  ["debugInfo at a stop", "body.stoppedThreads[]", "1", "1;*", "user code has one thread"],
  ["threads", "body.threads[].name", "main", "MainThread;*", "the same"],
  ["setExceptionBreakpoints*", "body.breakpoints*", "*", "", "says which filters are known"],

  ["*", "body.preserveFocusHint", "", "*", "a hint that debugpy gives"],
  ["*", "*.presentationHint.attributes[]", "", "string", "debugpy says what cannot be assigned; here the attempt does"],
  ["*", "body.stackFrames[].name", "*Cell [*]", "*<module>*", "a cell has its execution count as its name"],
  ["*", "*source.name", "Cell [*]", "", "the same"],
  ["*", "body.stackFrames[].source.sourceReference", "", "number", "a cell's text is asked for by its path"],
  ["exception, calls", "body.stackFrames[].endColumn", "", "number", "V8 knows where a statement begins"],
  ["stepOut, calls", "body.stackFrames[].line", "9", "8", "nothing of line 8 is left to do"],
  ["*", "*namedVariables", "number", "", "for front ends that ask for a part of a long value"],
  ["*", "*indexedVariables", "number", "", "the same"],
  ["*", "body.variables[].name", "*", "special variables; function variables;*", "groups of Python's own names"],
  ["source", "body.mimeType", "string", "", "so that TypeScript is highlighted as such"],
  ["richInspectVariables*", "body.data.text/plain", "[ 3, 4, 5 ]", "[3, 4, 5]", "values as console.log writes them"],
  ["evaluate an end", "body.result", "false", "", "an assignment has a value"],
  ["evaluate an end", "body.type", "string", "", "the same"],

  ["log point", "body.category", "console", "stdout", "written by the debugger, not by the cell"],
  ["log point", "body.source.path", "string", "", "says which line it came from"],
  ["log point", "body.line", "4", "", "the same"],
  ["log point", "body.column", "number", "", "the same"],
  ["exceptionInfo", "body.breakMode", "unhandled", "always", "it ends the cell; IPython catches every error"],
  ["exceptionInfo", "body.details.source", "", "string", "the stack says it"],
];

const why = existsSync(pythonPath()) ? "" : " (did not run: there is no Python environment: npm run setup)";
if (why !== "") console.log(`the debugger's exchange${why}`);
const folder = mkdtempSync(join(tmpdir(), "exchange-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(why !== "")(`the debugger's exchange${why}`, () => {
  let ours: Awaited<ReturnType<typeof exchange>>;
  beforeAll(async () => {
    mkdirSync(join(folder, "kernels/examined"), { recursive: true });
    const spec = { argv: kernelSpec("saccade").argv, display_name: "examined", language: "typescript" };
    writeFileSync(join(folder, "kernels/examined/kernel.json"), JSON.stringify(spec));
    ours = await exchange("examined", "typescript", folder);
  });

  it("is as the protocol's schema says, each kind of message", () => {
    expect(ours.complaints).toEqual([]);
    const asked = ours.names.filter((name) => /.Request$/.test(name)).map((name) => name.replace(/Request$/, ""));
    expect(asked).toHaveLength(20); // Jupyter's own are "Request" to the schema
    for (const name of asked) expect(ours.names).toContain(`${name}Response`);
    const events = ["ContinuedEvent", "InitializedEvent", "OutputEvent", "StoppedEvent", "TerminatedEvent"];
    expect(ours.names.filter((name) => name.endsWith("Event"))).toEqual(events);
    expect(ours.names).toContain("ErrorResponse");
  });

  it("differs from ipykernel's only where there is a reason", () => {
    const used = new Set<number>();
    const unexplained = differences(factsOf(ours), recorded().facts).filter((difference) => {
      const rows = [...DIFFERENCES.keys()].filter((index) =>
        difference.every((text, column) => fits(DIFFERENCES[index]![column]!, text)),
      );
      for (const index of rows) used.add(index);
      return rows.length === 0;
    });
    expect(unexplained).toEqual([]);
    const unused = DIFFERENCES.filter((_, index) => !used.has(index));
    expect(unused, "reasons for what does not differ").toEqual([]);
  });
});

/** Step, place, ours, theirs. */
function differences(ours: Facts, theirs: Facts): string[][] {
  return namesOf(ours, theirs).flatMap((step) => {
    const [own, other] = [ours[step] ?? {}, theirs[step] ?? {}];
    return namesOf(own, other)
      .map((place) => [step, place, own[place] ?? "", other[place] ?? ""])
      .filter(([, , left, right]) => left !== right);
  });
}

function namesOf(...objects: object[]): string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object)))];
}

function fits(pattern: string, text: string): boolean {
  const parts = pattern.split("*").map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(text);
}
