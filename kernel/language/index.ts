/** The language room's door: one cell parsed, checked and erased at a time, earlier cells' names in sight. */
import { writeFileSync } from "node:fs";
import type { CreateLanguage, Diagnostic, Language, Preparation } from "../contract.js";
import { Chains } from "./chains.js";
import { Checker } from "./checker.js";
import { CheckedText } from "./checked-text.js";
import { complete } from "./complete.js";
import type { Context } from "./question-context.js";
import { openEngine, type Engine, type EngineOptions } from "./engine.js";
import { erase, OWN_JSX, REACT_JSX, type Erased, type UnfitText } from "../source/erase-types.js";
import { withHints } from "./hints.js";
import { inspect, typesOf } from "./inspect.js";
import { isComplete } from "../source/is-complete.js";
import { LocalFiles } from "./local-files.js";
import { fromAnywhere } from "./specifiers.js";
import { parseCell, type ParsedCell } from "../source/parse.js";
import { takenBy } from "./taken-names.js";
import { Registry, type Carried } from "./carried-names.js";

/** A cell that was prepared and runs, or will. */
interface Pending {
  readonly cell: ParsedCell;
  /** Where its text lies. */ readonly file: string;
  readonly usesPackages: boolean;
  readonly carried: readonly (readonly [name: string, carried: Carried])[];
}

/** How the language room is opened. */
export interface LanguageOptions extends EngineOptions {
  /** One that was started already. Default: a new one. */
  readonly engine?: Engine;
}

/** The engine, with the process id of its server for those who watch it. */
export const createLanguage = (({
  engine,
  ...options
}: LanguageOptions): Language & { readonly serverPid: number | undefined } => {
  const { folder } = options;
  const { workspace, server, warm } = engine ?? openEngine(options);
  const registry = new Registry();
  const checker = new Checker({ folder, workspace, server, registry, localFiles: new LocalFiles() });
  const chains = new Chains({ workspace, server, registry });
  const pending = new Map<number, Pending>();
  const context = { folder, workspace, server, registry, checker };
  let preparing: Promise<unknown> = Promise.resolve();
  const removeAtExit = (): void => workspace.remove();
  process.once("exit", removeAtExit);

  async function prepare(
    source: string,
    { checking, id }: { readonly checking: "error" | "warn" | "off"; readonly id: number },
  ): Promise<Preparation> {
    const fileName = `cell-${id}.ts`;
    const refuse = (found: readonly Diagnostic[]): Preparation => {
      return { ok: false, source, fileName, diagnostics: withHints(source, found) };
    };
    const cell = parseCell(source);
    if ("faults" in cell)
      return refuse(
        cell.faults.map(({ message, start, end }) => ({
          severity: "error",
          code: "SyntaxError",
          message,
          start,
          end: Math.max(end, start + 1),
        })),
      );
    await chains.settled();
    const checked = new CheckedText(cell, registry, folder);
    const found = checking === "off" ? [] : await checker.check(cell, checked);
    const diagnostics = withHints(source, found, checked.usesPackages);
    const lenient = checking === "warn" || cell.noCheck;
    if (!lenient && diagnostics.some((one) => one.severity === "error")) return refuse(diagnostics);
    try {
      const erased = await eraseCell(cell, registry);
      const { code, map, declares } = erased;
      checker.accept(checked);
      if (cell.declared.length > 0 || cell.augments) pending.set(id, keep(id, cell, checked, erased));
      return {
        ok: true,
        cell: {
          id,
          fileName,
          source,
          code,
          sourceMap: map,
          declares,
          warnings: diagnostics.map((one) => ({ ...one, severity: "warning" })),
        },
      };
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const { message, start = 0, end = source.length }: Partial<UnfitText> & SyntaxError = error;
      return refuse([{ severity: "error", code: "SyntaxError", message, start, end }]);
    }
  }

  function keep(
    id: number,
    cell: ParsedCell,
    { text, usesPackages }: CheckedText,
    { declares, uses }: Pick<Erased, "declares" | "uses">,
  ): Pending {
    const file = workspace.file(`cell-${id}.${cell.lang}`);
    writeFileSync(file, text);
    server.changed([{ path: file, type: 1 }]);
    const takenAs = takenBy(cell, uses, folder, (names) => registry.taken(names));
    const carried = cell.declared.map((one) => {
      const { name, repeat } = one;
      const declared = repeat
        ? { ...one, repeat: { ...repeat, specifier: fromAnywhere(repeat.specifier, folder) } }
        : one;
      const runtime = declares.includes(name);
      return [name, { declared, cell: id, file, runtime, usesPackages, taken: takenAs(name) }] as const;
    });
    return { cell, file, usesPackages, carried };
  }

  function commit(id: number, live: readonly string[]): void {
    const done = pending.get(id);
    pending.delete(id);
    if (done === undefined) return;
    const { cell, file, usesPackages, carried } = done;
    const length = chains.lengthOf(cell);
    for (const [name, one] of carried) if (!one.runtime || live.includes(name)) registry.add(name, one);
    if (cell.augments) registry.augmenting.add(file);
    chains.add({ cell, file, usesPackages }, length);
  }

  /**
   * What a question is answered from: names of a cell that still runs are in sight too, so that the next cell can be
   * written meanwhile.
   */
  async function inSight(): Promise<Context> {
    await preparing;
    await chains.settled();
    const running = [...pending.values()];
    if (running.length === 0) return context;
    return {
      ...context,
      registry: registry.with(
        running.flatMap(({ carried }) => carried),
        running.filter(({ cell }) => cell.augments).map(({ file }) => file),
      ),
    };
  }

  return {
    get serverPid() {
      return server.pid;
    },
    start: async () => void (await warm()),
    prepare: (source, cellOptions) => {
      const prepared = prepare(source, cellOptions);
      preparing = prepared.catch(() => undefined); // its caller hears of it
      return prepared;
    },
    commit,
    complete: async (source, offset) => complete(await inSight(), source, offset),
    inspect: async (source, offset, detail) => inspect(await inSight(), source, offset, detail),
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
    kind: "cell",
    lang,
    needsLowering,
    jsx: react ? REACT_JSX : OWN_JSX,
    earlier: registry.earlierOf(cell),
    result: expression && { start: expression.start, end: expression.end, statementEnd: result!.end },
    taken: (names) => registry.taken(names),
    carried: (name) => registry.carriedAs(name) ?? (name === "h" || name === "Fragment" ? "constant" : undefined),
  });
}
