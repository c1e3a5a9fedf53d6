/** Every request of the Debug Adapter Protocol that the kernel answers, and Jupyter's own. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import { isName, nameIn, numberIn, objectOf, optionalNumber, textIn, type Arguments } from "./arguments.js";
import { setBreakpoints, setExceptionBreakpoints } from "./breakpoint-commands.js";
import { CELL_PREFIX, CELL_SUFFIX, HASH_SEED } from "./cell-path.js";
import { dialectOf } from "./dialect.js";
import { toStackFrame, type Frame } from "./frames.js";
import { fileText } from "./source-files.js";
import type { Need, Session } from "./debug-session.js";
import { argumentOf, memberOf } from "./listed-variables.js";

/** One request. */
interface Command {
  readonly needs?: Need;
  /** @returns the reply's body; nothing is {} */
  run(session: Session, args: Arguments): object | undefined | void | Promise<object | undefined | void>;
}

const CAPABILITIES: DebugProtocol.Capabilities = {
  supportsConfigurationDoneRequest: true,
  supportsConditionalBreakpoints: true,
  supportsHitConditionalBreakpoints: true,
  supportsLogPoints: true,
  supportsEvaluateForHovers: true,
  supportsSetVariable: true,
  supportsExceptionInfoRequest: true,
  supportsModulesRequest: true,
  supportsDelayedStackTraceLoading: true,
  exceptionBreakpointFilters: [
    { filter: "all", label: "All errors", description: "Also those that are caught", default: false },
    { filter: "uncaught", label: "Uncaught errors", description: "Those that end the cell", default: true },
  ],
};

/** Numbers of calls lie below; a front end may be told one with a multiple of this. */
const MAX_FRAMES = 2 ** 32;
const THREAD = { id: 1, name: "main" };

/** By the request's name. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  initialize: {
    run: (session, args) => {
      if (args["linesStartAt1"] === false || args["columnsStartAt1"] === false)
        throw new RangeError("initialize: lines and columns must be counted from 1, got from 0");
      session.started = true;
      session.dialect = dialectOf(args["clientID"]);
      return CAPABILITIES;
    },
  },
  attach: { run: attach },
  launch: { run: attach },
  configurationDone: { needs: "attached", run: () => undefined },
  disconnect: { run: disconnect },
  terminate: { run: disconnect },
  setBreakpoints: { needs: "attached", run: setBreakpoints },
  setExceptionBreakpoints: { needs: "attached", run: setExceptionBreakpoints },
  threads: { needs: "attached", run: () => ({ threads: [THREAD] }) },
  stackTrace: { needs: "stopped", run: stackTrace },
  scopes: { needs: "stopped", run: scopes },
  variables: { run: variables },
  setVariable: { needs: "attached", run: setVariable },
  evaluate: { needs: "attached", run: evaluate },
  exceptionInfo: { needs: "stopped", run: exceptionInfo },
  continue: {
    needs: "stopped",
    run: (session) => session.stops.go("continue").then(() => ({ allThreadsContinued: true })),
  },
  next: { needs: "stopped", run: (session) => session.stops.go("next") },
  stepIn: { needs: "stopped", run: (session) => session.stops.go("stepIn") },
  stepOut: { needs: "stopped", run: (session) => session.stops.go("stepOut") },
  pause: { needs: "attached", run: (session) => session.pause() },
  source: { run: source },
  modules: { run: modules },
  dumpCell: { run: (session, args) => ({ sourcePath: session.scripts.addText(textIn(args, "dumpCell", "code")) }) },
  debugInfo: { run: debugInfo },
  inspectVariables: { run: inspectVariables },
  richInspectVariables: { run: richInspectVariables },
  copyToGlobals: { needs: "stopped", run: copyToGlobals },
};

async function attach(session: Session, args: Arguments): Promise<void> {
  await session.inTurn(() => session.attach(args["justMyCode"] === false));
  session.event("initialized");
}

async function disconnect(session: Session): Promise<void> {
  await session.inTurn(() => session.detach());
  session.event("terminated");
}

async function stackTrace(session: Session, args: Arguments): Promise<object> {
  const calls = session.stops.shown?.frames ?? [];
  const frames = [...calls.map(toStackFrame), ...(await session.callers(calls))];
  const start = optionalNumber(args, "startFrame") ?? 0;
  const levels = optionalNumber(args, "levels") || frames.length;
  const asked = frames.slice(start, start + levels).map((frame) => ({
    ...frame,
    id: frame.id + session.frameOffset,
    line: frame.line - session.linesAbove(frame.source?.path),
  }));
  return { stackFrames: asked, totalFrames: frames.length };
}

async function scopes(session: Session, args: Arguments): Promise<object> {
  const callers = await session.callers(session.stops.shown?.frames ?? []);
  const frameId = numberIn(args, "scopes", "frameId") % MAX_FRAMES;
  if (callers.some(({ id }) => id === frameId)) return { scopes: [] };
  return { scopes: await session.frames.scopes(frameOf(session, args, "scopes"), session.variables) };
}

async function variables(session: Session, args: Arguments): Promise<object> {
  const reference = numberIn(args, "variables", "variablesReference");
  const { filter } = args;
  const start = optionalNumber(args, "start");
  const count = optionalNumber(args, "count");
  const listed = await session.variables.list(reference, {
    ...(filter === "indexed" || filter === "named" ? { filter } : {}),
    ...(start === undefined ? {} : { start }),
    ...(count === undefined ? {} : { count }),
  });
  return { variables: listed };
}

async function setVariable(session: Session, args: Arguments): Promise<object> {
  const { inspector } = session;
  const container = session.variables.get(numberIn(args, "setVariable", "variablesReference"));
  const value = textIn(args, "setVariable", "value");
  const frame = session.frame(container.frameId) ?? session.stops.shown?.frames[0];
  let set;
  if (container.isValue) {
    const name = textIn(args, "setVariable", "name");
    set = await session.evaluator.evaluate(value, frame);
    await inspector.post("Runtime.callFunctionOn", {
      objectId: container.holders[0]!,
      functionDeclaration: `function (name, value) { "use strict"; this[name] = value; }`,
      arguments: [{ value: name }, argumentOf(set)],
      silent: true,
    });
  } else {
    const name = nameIn(args, "setVariable", "name");
    set = await session.evaluator.assign(name, value, container.isGlobal ? undefined : frame);
  }
  const path = memberOf(container, textIn(args, "setVariable", "name"));
  const { result, ...more } = await session.variables.shown(set, container.group, path);
  return { value: result, ...more };
}

async function evaluate(session: Session, args: Arguments): Promise<object> {
  const text = textIn(args, "evaluate", "expression");
  const isGlance = args["context"] === "hover" || args["context"] === "watch";
  const frame = args["frameId"] === undefined ? undefined : frameOf(session, args, "evaluate");
  const value = await session.evaluator.evaluate(text, frame, isGlance ? 2000 : undefined);
  if (args["context"] === "repl" && session.dialect.renewsFrames) session.frameOffset += MAX_FRAMES;
  return session.variables.shown(value, session.group, isName(text) ? text : `(${text})`);
}

async function exceptionInfo({ stops, inspector }: Session): Promise<object> {
  const thrown = stops.shown?.thrown;
  if (thrown === undefined) throw new RangeError("exceptionInfo: the stop must be one at an error, got another");
  const { text, type } = await inspector.read("line", argumentOf(thrown.value));
  const description = thrown.value.description ?? text;
  return {
    exceptionId: type,
    description: description.split("\n")[0],
    breakMode: thrown.isUncaught ? "unhandled" : "always",
    details: { message: description.split("\n")[0], typeName: type, stackTrace: description },
  };
}

function source({ scripts }: Session, args: Arguments): object {
  const path = textIn(objectOf(args["source"]), "source", "path");
  const content = scripts.textOf(path) ?? fileText(path);
  if (content === undefined) throw new RangeError(`source: the path must be a cell's or a file's, got ${path}`);
  return { content, mimeType: /\.[mc]?tsx?$/.test(path) ? "application/typescript" : "text/javascript" };
}

async function modules(session: Session, args: Arguments): Promise<object> {
  const { scripts, attached } = session;
  if (attached) await session.inTurn(() => session.debugger.switchOn()); // V8 tells its scripts
  const parsed = attached ? scripts.parsed.filter(({ url }) => url.startsWith("/") || url.startsWith("file://")) : [];
  const all = await Promise.all(parsed.map(({ scriptId }) => scripts.script(scriptId)));
  const files = all.filter(({ kind }) => kind !== "hidden");
  const start = optionalNumber(args, "startModule") ?? 0;
  const count = optionalNumber(args, "moduleCount") || files.length;
  return {
    modules: files.slice(start, start + count).map(({ id, title, path }) => ({
      id: Number(id),
      name: path.includes("node_modules") ? path.replace(/^.*[\\/]node_modules[\\/]/, "") : title,
      path,
    })),
    totalModules: files.length,
  };
}

function debugInfo(session: Session): object {
  const { started, stops } = session;
  if (session.dialect.renewsFrames) session.frameOffset += MAX_FRAMES;
  const breakpoints = session.breakpoints.list().map(({ source, breakpoints: all }) => {
    return { source, breakpoints: all.map((one) => ({ ...one, line: one.line - session.linesAbove(source) })) };
  });
  return {
    isStarted: started,
    hashMethod: "Murmur2",
    hashSeed: HASH_SEED,
    tmpFilePrefix: CELL_PREFIX,
    tmpFileSuffix: CELL_SUFFIX,
    breakpoints,
    stoppedThreads: stops.shown === undefined ? [] : [THREAD.id],
    richRendering: true,
    exceptionPaths: [],
    copyToGlobals: true,
  };
}

function inspectVariables(session: Session): Promise<object> {
  return session.inTurn(async () => {
    const { group } = session;
    if (group === "between") session.variables.release(group); // what another request has listed
    const { objectId } = await session.inspector.look("values", [], group);
    const reference = session.variables.add({ group, holders: [objectId!], isValue: false, isGlobal: true });
    return { variables: await session.variables.list(reference, {}) };
  });
}

async function richInspectVariables(session: Session, args: Arguments): Promise<object> {
  const name = nameIn(args, "richInspectVariables", "variableName");
  const frame = args["frameId"] === undefined ? undefined : frameOf(session, args, "richInspectVariables");
  const value = await session.evaluator.evaluate(name, frame, 2000);
  return session.inspector.read("bundle", argumentOf(value), { value: session.stops.paused });
}

async function copyToGlobals(session: Session, args: Arguments): Promise<object> {
  const from = nameIn(args, "copyToGlobals", "srcVariableName");
  const to = nameIn(args, "copyToGlobals", "dstVariableName");
  const value = await session.evaluator.evaluate(from, frameOf(session, args, "copyToGlobals", "srcFrameId"), 2000);
  await session.copy(to, argumentOf(value));
  const { result, ...more } = await session.variables.shown(value, "stop", from);
  return { value: result, ...more };
}

/** @throws RangeError for a number that is no frame's of this stop */
function frameOf(session: Session, args: Arguments, command: string, name = "frameId"): Frame {
  const id = numberIn(args, command, name);
  const frame = session.frame(id % MAX_FRAMES);
  if (frame === undefined) throw new RangeError(`${command}: ${name} must be one of this stop, got ${id}`);
  return frame;
}
