/** The calls of a stop, in their authors' own positions, and the names that each has in sight. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { CodePlace } from "../source/lines-with-code.js";
import type { Debugger, Inspector } from "./inspector.js";
import type { Kind } from "./libraries.js";
import { isInFunction } from "./caught.js";
import { authorPlace, type Script, type Scripts } from "./scripts.js";
import type { Variables } from "./listed-variables.js";

/** One call. */
export interface Frame {
  readonly id: number;
  readonly call: Debugger.CallFrame;
  readonly script: Script;
  /** Undefined for what the author did not write. */
  readonly place: CodePlace | undefined;
  readonly name: string;
}

/** A function that awaits what runs: it stands in no call, and has no names to be seen. */
export type Caller = Pick<Frame, "id" | "script" | "place" | "name">;

/** What the rewrite of a cell names. */
const GENERATED = /^(?:\$cell|\$import\d+|\$at_.+|\$v|\$default)$/;

/** Reads a stop's calls. */
export class Frames {
  readonly #inspector: () => Inspector;
  readonly #scripts: Scripts;
  readonly #callers = new WeakMap<readonly Frame[], Promise<DebugProtocol.StackFrame[]>>();
  readonly #known = new WeakMap<Frame, Promise<ReadonlySet<string>>>();
  #next = 1;

  constructor(inspector: () => Inspector, scripts: Scripts) {
    this.#inspector = inspector;
    this.#scripts = scripts;
  }

  /** All calls, the innermost first. */
  async all(calls: readonly Debugger.CallFrame[]): Promise<Frame[]> {
    const scripts = await Promise.all(calls.map(({ location }) => this.#scripts.script(location.scriptId)));
    return calls.map((call, i): Frame => {
      const script = scripts[i]!;
      const { lineNumber, columnNumber = 0 } = call.location;
      const place = authorPlace(script, { lineNumber, columnNumber });
      return { id: this.#next++, call, script, place, name: nameOf(call, script) };
    });
  }

  /**
   * Below a stop's calls: a label, and the functions that await them; none where nobody does.
   * @param isShown whether those of such scripts are
   */
  callers(calls: readonly Frame[], isShown: (kind: Kind) => boolean): Promise<DebugProtocol.StackFrame[]> {
    let callers = this.#callers.get(calls);
    if (callers === undefined) this.#callers.set(calls, (callers = this.#awaiting(isShown)));
    return callers;
  }

  async #awaiting(isShown: (kind: Kind) => boolean): Promise<DebugProtocol.StackFrame[]> {
    const place = { line: 0, column: 0, source: {} }; // JupyterLab's list shows nothing where a call has no source
    const label = { id: this.#next++, name: "await", ...place, presentationHint: "label" } as const;
    const callers = (await this.awaiting()).filter(({ script }) => isShown(script.kind));
    return callers.length === 0 ? [] : [label, ...callers.map(toStackFrame)];
  }

  /** The functions that await what is stopped, the innermost first. */
  async awaiting(): Promise<Caller[]> {
    const callers: Caller[] = [];
    for (const { file, name, ...position } of await this.#inspector().read("awaiting")) {
      const script = await this.#scripts.named(file);
      const place = script && authorPlace(script, position);
      if (place === undefined) continue;
      callers.push({ id: this.#next++, script: script!, place, name: name || this.#nameless(script!, place) });
    }
    return callers;
  }

  /** A text's own lines have its name. */
  #nameless(script: Script, place: CodePlace): string {
    const code = this.#scripts.codeOf(script);
    return code === undefined || isInFunction(code, place) ? "(anonymous)" : script.title;
  }

  /**
   * Has a frame read its variables anew once it goes on: code that V8 has optimised may keep what it read before. A
   * function with a breakpoint leaves its optimised code.
   */
  async refresh({ call: { location } }: Frame): Promise<void> {
    const inspector = this.#inspector();
    try {
      const { breakpointId } = await inspector.post("Debugger.setBreakpoint", { location });
      await inspector.post("Debugger.removeBreakpoint", { breakpointId });
    } catch {
      // it has one there
    }
  }

  /** The names that the frame's code can say itself. */
  known(frame: Frame): Promise<ReadonlySet<string>> {
    let known = this.#known.get(frame);
    if (known === undefined) this.#known.set(frame, (known = this.#namesOf(frame)));
    return known;
  }

  /** Its own names, those of the functions around it, and what cells have declared. */
  async scopes(frame: Frame, variables: Variables): Promise<DebugProtocol.Scope[]> {
    const { scopeChain } = frame.call;
    const functionAt = scopeChain.findIndex(({ type }) => type === "local");
    const inner = scopeChain.slice(0, functionAt + 1);
    const isTop = isTopLevel(frame.call, frame.script);
    const outerNames = isTop && functionAt >= 0 ? await this.#names(scopeChain[functionAt]!) : [];
    const declares = new Set(isTop ? frame.script.cell?.declares : []);
    const hidden = new Set(isTop && frame.script.cell ? outerNames.filter((name) => !declares.has(name)) : []);
    const add = (name: string, scopes: readonly Debugger.Scope[], hides: (name: string) => boolean) => ({
      name,
      expensive: false,
      variablesReference: variables.add({
        group: "stop",
        holders: scopes.flatMap(({ object }) => object.objectId ?? []).reverse(),
        isValue: false,
        frameId: frame.id,
        hides: (one) => GENERATED.test(one) || hides(one),
      }),
    });
    const scopes = [{ ...add("Locals", inner, (name) => hidden.has(name)), presentationHint: "locals" }];
    for (const scope of scopeChain.slice(functionAt + 1)) {
      if (scope.type === "global" || scope.type === "script") continue;
      const cell = scope.startLocation?.lineNumber === 0 ? frame.script.cell : undefined;
      const own = cell && new Set(cell.declares);
      const title = cell ? frame.script.title : `Closure${scope.name ? ` of ${scope.name}` : ""}`;
      scopes.push({ ...add(title, [scope], (name) => own?.has(name) === false), presentationHint: "" });
    }
    const values = await this.#inspector().look("values", [], "stop");
    const globals = { group: "stop", holders: [values.objectId!], isValue: false, isGlobal: true } as const;
    return [
      ...scopes.map(({ presentationHint, ...scope }) => (presentationHint ? { ...scope, presentationHint } : scope)),
      { name: "Globals", expensive: false, variablesReference: variables.add(globals) },
    ];
  }

  async #namesOf({ call }: Frame): Promise<ReadonlySet<string>> {
    const scopes = call.scopeChain.filter(({ type }) => type !== "global");
    const all = await Promise.all(scopes.map((scope) => this.#names(scope)));
    return new Set(all.flat());
  }

  async #names({ object: { objectId } }: Debugger.Scope): Promise<string[]> {
    if (objectId === undefined) return [];
    const { result } = await this.#inspector().post("Runtime.getProperties", { objectId, ownProperties: true });
    return result.map(({ name }) => name);
  }
}

/** Whether a call is a cell's, or a module's, own text and none of its functions. */
function isTopLevel({ functionLocation }: Debugger.CallFrame, { positions, text }: Script): boolean {
  const isRewritten = positions !== undefined && text !== undefined; // ours begins on a line of its own
  return functionLocation?.lineNumber === 0 && (isRewritten || functionLocation.columnNumber === 0);
}

function nameOf(call: Debugger.CallFrame, script: Script): string {
  if (isTopLevel(call, script)) return script.title;
  return call.functionName.replace(/^(?:Object|Module|globalThis)\./, "") || "(anonymous)";
}

/** A call as the protocol has it. */
export function toStackFrame({ id, name, place, script }: Caller): DebugProtocol.StackFrame {
  return {
    id,
    name,
    line: place?.line ?? 0,
    column: (place?.column ?? -1) + 1,
    source: { name: script.title, path: script.path },
    ...(script.kind === "own" ? {} : { presentationHint: "subtle" }),
  };
}
