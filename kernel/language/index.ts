/** The language room's door: one cell parsed, checked and erased at a time, earlier cells' names in sight. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import type { CreateLanguage, Diagnostic, Language, Preparation } from "../contract.js";
import { isLocal, locate } from "../runtime/locate.js";
import { Chains } from "./chains.js";
import { Checker } from "./check.js";
import { CheckedText } from "./checked-text.js";
import { complete } from "./complete.js";
import { openEngine, type Engine, type EngineOptions } from "./engine.js";
import { erase } from "./erase.js";
import { inspect, typesOf } from "./inspect.js";
import { isComplete } from "./is-complete.js";
import { LocalFiles } from "./local-files.js";
import { parseCell, type ParsedCell } from "./parse.js";
import { Registry } from "./registry.js";

interface Pending { readonly cell: ParsedCell; readonly text: string; readonly usesPackages: boolean; readonly declares: readonly string[] }

export interface LanguageOptions extends EngineOptions {
  /** One that was started already. Default: a new one. */
  readonly engine?: Engine;
}

/** The engine, with the process id of its server for those who watch it. */
export const createLanguage = (({ engine, ...options }: LanguageOptions): Language & { readonly serverPid: number | undefined } => {
  const { folder } = options;
  const { workspace, server, warm } = engine ?? openEngine(options);
  const registry = new Registry();
  const checker = new Checker({ folder, workspace, server, registry, localFiles: new LocalFiles() });
  const chains = new Chains({ workspace, server, registry });
  const pending = new Map<number, Pending>();
  const context = { folder, workspace, server, registry, checker };
  const removeAtExit = (): void => workspace.remove();
  process.once("exit", removeAtExit);

  async function prepare(source: string, { checking, id }: { readonly checking: "error" | "warn" | "off"; readonly id: number }): Promise<Preparation> {
    const fileName = `cell-${id}.ts`;
    const refuse = (diagnostics: readonly Diagnostic[]): Preparation => ({ ok: false, source, fileName, diagnostics });
    const cell = parseCell(source);
    if ("faults" in cell) return refuse(cell.faults.map(({ message, start, end }) => ({ severity: "error", code: "SyntaxError", message, start, end: Math.max(end, start + 1) })));
    await chains.settled();
    const checked = new CheckedText(cell, registry, folder);
    const diagnostics = checking === "off" ? [] : await checker.check(cell, checked);
    const lenient = checking === "warn" || cell.noCheck;
    if (!lenient && diagnostics.some((one) => one.severity === "error")) return refuse(diagnostics);
    try {
      const { code, map, declares } = await eraseCell(cell, registry);
      pending.set(id, { cell, text: checked.text, usesPackages: checked.usesPackages, declares });
      return { ok: true, cell: { id, fileName, source, code, sourceMap: map, declares, warnings: diagnostics.map((one) => ({ ...one, severity: "warning" })) } };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return refuse([{ severity: "error", code: "SyntaxError", message: error.message, start: 0, end: source.length }]);
    }
  }

  function commit(id: number, live: readonly string[]): void {
    const done = pending.get(id);
    pending.delete(id);
    if (done === undefined) return;
    const { cell, text, usesPackages, declares } = done;
    if (cell.declared.length === 0 && !cell.augments) return;
    const file = workspace.file(`cell-${id}.${cell.lang}`);
    writeFileSync(file, text);
    server.changed([{ path: file, type: 1 }]);
    const length = chains.lengthOf(cell);
    for (const one of cell.declared) {
      const declared = one.repeat && isLocal(one.repeat.specifier) ? { ...one, repeat: { ...one.repeat, specifier: locate(one.repeat.specifier, folder) ?? resolve(folder, one.repeat.specifier) } } : one;
      const runtime = declares.includes(declared.name);
      if (runtime && !live.includes(declared.name)) continue;
      registry.add(declared.name, { declared, cell: id, file, runtime, usesPackages });
    }
    if (cell.augments) registry.augmenting.add(file);
    chains.add({ cell, file, usesPackages }, length);
  }

  return {
    get serverPid() { return server.pid; },
    start: async () => void await warm(),
    prepare,
    commit,
    complete: (source, offset) => chains.settled().then(() => complete(context, source, offset)),
    inspect: (source, offset, detail) => chains.settled().then(() => inspect(context, source, offset, detail)),
    isComplete,
    names: () => chains.settled().then(() => typesOf(context)),
    reset: () => {
      registry.clear();
      pending.clear();
    },
    close: async () => {
      server.close();
      process.off("exit", removeAtExit);
      workspace.remove();
    },
  };
}) satisfies CreateLanguage;

function eraseCell(cell: ParsedCell, registry: Registry): ReturnType<typeof erase> {
  const { text, lang, needsLowering, result } = cell;
  const react = cell.declared.some((one) => one.name === "React") || registry.values.has("React");
  const expression = result?.["expression"];
  return erase(text, {
    kind: "cell", lang, needsLowering,
    jsx: react ? { pragma: "React.createElement", pragmaFrag: "React.Fragment" } : { pragma: "h", pragmaFrag: "Fragment" },
    earlier: registry.earlierOf(cell),
    result: expression && { start: expression.start, end: expression.end, statementEnd: result!.end },
    carried: (name) => registry.carriedAs(name) ?? (name === "h" || name === "Fragment" ? "constant" : undefined),
  });
}
