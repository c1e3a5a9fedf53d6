/** A local module's text → a function of its scope, as modules.ts runs it. */
import { extname } from "node:path";
import { declarations } from "../source/declared.js";
import { erase, OWN_JSX, REACT_JSX, UnfitText, type EraseOptions, type Erased } from "../source/erase-types.js";
import { overLimit } from "../source/limits.js";
import { outside } from "./task.js";
import { children, parse, type Lang, type Node } from "../source/ast.js";

/** @throws SyntaxError that names the file and line, for text that does not parse */
export async function eraseModule(source: string, path: string): Promise<Erased> {
  const extension = extname(path);
  const lang: Lang =
    extension === ".tsx" || extension === ".jsx"
      ? (extension.slice(1) as Lang)
      : /^\.[mc]?ts$/.test(extension)
        ? "ts"
        : "js";
  const refuse = ({ message, start }: { readonly message: string; readonly start: number }): never => {
    throw new SyntaxError(`${path}:${source.slice(0, start).split("\n").length}: ${message}`);
  };
  const over = overLimit(source);
  if (over) return refuse(over);
  const { program, faults } = parse(source, lang);
  if (faults[0] !== undefined) return refuse(faults[0]);
  const react = declarations(program["body"], source).some(({ name }) => name === "React");
  const options: EraseOptions = {
    kind: "module",
    lang,
    needsLowering: needsLowering(program),
    jsx: react ? REACT_JSX : OWN_JSX,
    carried: (name) => (name === OWN_JSX.pragma || name === OWN_JSX.pragmaFrag ? "constant" : undefined),
  };
  // The child process that esbuild starts outlives the cell.
  return outside(() => erase(source, options)).catch((error: unknown) => {
    if (error instanceof UnfitText) return refuse(error);
    throw error;
  });
}

function needsLowering(node: Node): boolean {
  if (
    node.type === "Decorator" ||
    node.type === "AccessorProperty" ||
    (node.type === "VariableDeclaration" && (node["kind"] as string).endsWith("using"))
  )
    return true;
  for (const child of children(node)) if (needsLowering(child)) return true;
  return false;
}
