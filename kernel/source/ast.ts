/** The syntax tree that the language room works on: oxc-parser's, in ESTree's shape with TypeScript's nodes. */
import { parseSync } from "oxc-parser";
import { overLimit } from "./limits.js";

/** One node; its other keys depend on its type, so they stay untyped here. */
// oxc types each node by itself; walkers read many kinds through one shape
// eslint-disable-next-line @typescript-eslint/no-explicit-any
/** A node of oxc's tree (ESTree, with TypeScript's nodes); positions are UTF-16 offsets. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: any;
}

/** What a text is parsed as. */
export type Lang = "ts" | "tsx" | "js" | "jsx";

/** A place where the text is no TypeScript. */
export interface SyntaxFault {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

/** A text's tree. */
export interface Parsed {
  readonly program: Node;
  readonly faults: readonly SyntaxFault[];
  readonly comments: readonly { readonly value: string; readonly start: number; readonly end: number }[];
}

/** Parses one module; positions are UTF-16 offsets. With faults the tree is empty. */
export function parse(text: string, lang: Lang): Parsed {
  const { program, errors, comments } = parseSync(`cell.${lang}`, text, { lang, sourceType: "module" });
  const faults = errors.map(({ message, labels }) => ({
    message,
    start: labels[0]?.start ?? 0,
    end: labels[0]?.end ?? 0,
  }));
  return { program: program as unknown as Node, faults, comments };
}

/** Whether a `.js` file is a module by what it says: an import or export, `import.meta`, or an `await` at its top. */
export function isModule(text: string): boolean {
  if (overLimit(text)) return true; // who reads it as one says why it is not
  return parseSync("file.js", text, { lang: "js", sourceType: "unambiguous" }).program.sourceType === "module";
}

/** The nodes right below one. */
export function* children(node: Node): Generator<Node> {
  for (const key in node) {
    const value: unknown = node[key];
    if (typeof value !== "object" || value === null) continue;
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) yield item;
    } else if (isNode(value)) yield value;
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
}

/** The identifiers that a pattern binds. */
export function bound(pattern: Node | null): Node[] {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern];
    case "ObjectPattern":
      return pattern["properties"].flatMap((property: Node) => bound(property["value"] ?? property["argument"]));
    case "ArrayPattern":
      return pattern["elements"].flatMap((element: Node | null) => bound(element));
    case "AssignmentPattern":
      return bound(pattern["left"]);
    case "RestElement":
      return bound(pattern["argument"]);
    case "TSParameterProperty":
      return bound(pattern["parameter"]);
    default:
      return [];
  }
}

/** Whether a node is a function with a body of its own; methods hold one. */
export function isFunction(node: Node): boolean {
  return (
    node.type === "FunctionDeclaration" || node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression"
  );
}

/** The declaration inside `export`, or the statement itself. */
export function unexported(statement: Node): Node {
  return statement.type.startsWith("Export") && statement["declaration"] ? statement["declaration"] : statement;
}
