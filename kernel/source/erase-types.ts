/**
 * TypeScript → JavaScript: types erased by oxc; standard decorators, `using` and what oxc leaves out lowered by
 * esbuild.
 */
import remapping from "@jridgewell/remapping";
import type { TransformFailure as Failure } from "esbuild";
import MagicString from "magic-string";
import { Buffer } from "node:buffer";
import { SourceMap, type SourceMapPayload } from "node:module";
import { transformSync } from "oxc-transform";
import { earlierAlias, rewrite, type RewriteOptions, type Rewritten } from "./rewrite.js";

/** How TypeScript becomes JavaScript. */
export interface EraseOptions extends RewriteOptions {
  readonly lang: "ts" | "tsx" | "js" | "jsx";
  readonly needsLowering: boolean;
  /** JSX factory; `h` unless React is in sight. */
  readonly jsx: { readonly pragma: string; readonly pragmaFrag: string };
  /** The last expression statement's expression, and the statement's end. */
  readonly result?: { readonly start: number; readonly end: number; readonly statementEnd: number } | undefined;
  readonly earlier?: readonly {
    readonly name: string;
    readonly start: number;
    readonly end: number;
    readonly shorthand: boolean;
  }[];
}

/** JavaScript that runs as a cell or a module. */
export interface Erased {
  readonly code: string;
  /** From `code` to the given text. */
  readonly map: string;
  readonly declares: readonly string[];
  readonly uses: Rewritten["uses"];
}

/** What elements are made with where React is in sight, and elsewhere. */
export const REACT_JSX = { pragma: "React.createElement", pragmaFrag: "React.Fragment" };
export const OWN_JSX = { pragma: "h", pragmaFrag: "Fragment" };

const TARGET = "es2022";

/** Text that oxc's parser takes and that is no program all the same: a `break` outside of every loop. */
export class UnfitText extends SyntaxError {
  constructor(
    message: string,
    /** Where in the text. */
    readonly start: number,
    readonly end: number,
  ) {
    super(message);
  }
}

/** @throws UnfitText for text that is no program */
export async function erase(text: string, options: EraseOptions): Promise<Erased> {
  const marked = new MagicString(text);
  if (text.startsWith("#!")) marked.update(0, 2, "//"); // it is a comment of a file's first line only
  for (const { name, start, end, shorthand } of options.earlier ?? []) {
    if (shorthand) marked.appendLeft(end, `: ${earlierAlias(name)}`);
    else marked.update(start, end, earlierAlias(name));
  }
  if (options.result) {
    const { start, end, statementEnd } = options.result;
    marked.prependRight(start, "$cell.result((");
    marked.appendLeft(end, "))");
    if (statementEnd === end) marked.appendLeft(end, ";");
  }
  const js = await toJavaScript(marked.toString(), options).catch((error: unknown) => {
    throw unfit(error as TransformFailure, text, marked);
  });
  const rewritten = rewrite(js.code, options);
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the two packages' map types differ in details only
  const map = remapping(
    [rewritten.map, js.map, marked.generateMap({ hires: "boundary", source: "cell.ts" })] as any,
    () => null,
  );
  return { ...rewritten, map: map.toString() };
}

async function toJavaScript(
  text: string,
  { lang, needsLowering, jsx }: EraseOptions,
): Promise<{ code: string; map: unknown }> {
  if (!needsLowering) {
    const { code, map, errors } = transformSync(`cell.${lang}`, text, {
      lang,
      sourceType: "module",
      sourcemap: true,
      typescript: { onlyRemoveTypeImports: true },
      jsx: { runtime: "classic", ...jsx },
    });
    if (errors.length === 0) return { code, map };
  }
  const esbuild = await import("esbuild"); // starts a process of its own: only where it is needed
  const { code, map } = await esbuild.transform(text, {
    loader: lang,
    target: TARGET,
    sourcemap: "external",
    logLevel: "silent",
    supported: { decorators: false, using: false },
    jsx: "transform",
    jsxFactory: jsx.pragma,
    jsxFragment: jsx.pragmaFrag,
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true, useDefineForClassFields: true } },
  });
  return { code, map };
}

/** What esbuild says; lines count from 1, columns from 0 and in bytes. */
type TransformFailure = Partial<Pick<Failure, "errors">>;

function unfit(failure: TransformFailure, text: string, marked: MagicString): UnfitText {
  const { text: message = String(failure), location } = failure.errors?.[0] ?? {};
  if (!location) return new UnfitText(message, 0, text.length);
  const column = Buffer.from(location.lineText).subarray(0, location.column).toString().length;
  const map = new SourceMap(JSON.parse(marked.generateMap({ hires: true }).toString()) as SourceMapPayload);
  const at = map.findEntry(location.line - 1, column) as { originalLine?: number; originalColumn?: number };
  const before = text.split("\n").slice(0, at.originalLine ?? 0);
  const start = before.reduce((sum, line) => sum + line.length + 1, at.originalColumn ?? 0);
  return new UnfitText(message.replace(/:$/, ""), start, start + Math.max(1, location.length));
}
