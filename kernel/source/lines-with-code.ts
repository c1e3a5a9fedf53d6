/** Where a text can be stopped at: the starts of what it does, as a debugger counts them. */
import { children, parse, type Node } from "./ast.js";

/** A place to stop at. */
export interface CodePlace {
  /** From 1. */
  readonly line: number;
  /** From 0, in UTF-16 units. */
  readonly column: number;
}

const STATEMENTS: ReadonlySet<string> = new Set([
  "ExpressionStatement",
  "ReturnStatement",
  "ThrowStatement",
  "IfStatement",
  "ForStatement",
  "ForInStatement",
  "ForOfStatement",
  "WhileStatement",
  "SwitchStatement",
  "BreakStatement",
  "ContinueStatement",
  "DebuggerStatement",
]);

/** The places of a TypeScript text in order; none where it does not parse. */
export function codePlaces(text: string): CodePlace[] {
  const asTs = parse(text, "ts");
  const { program } = asTs.faults.length === 0 ? asTs : parse(text, "tsx");
  const offsets: number[] = [];
  visit(program, offsets);
  const starts = lineStarts(text);
  let line = 0;
  return offsets
    .sort((a, b) => a - b)
    .map((offset) => {
      while (line + 1 < starts.length && starts[line + 1]! <= offset) line++;
      return { line: line + 1, column: offset - starts[line]! };
    });
}

/**
 * The first place at a line, or at the first line below it that has one.
 * @param line from 1
 */
export function placeFrom(places: readonly CodePlace[], line: number, column = 0): CodePlace | undefined {
  return places.find((place) => place.line > line || (place.line === line && place.column >= column));
}

function visit(node: Node, into: number[]): void {
  if (node["declare"] === true || /^TS(Interface|TypeAlias|Type|Declare)/.test(node.type)) return;
  if (STATEMENTS.has(node.type) && typeof node["directive"] !== "string") into.push(node.start);
  if (node.type === "VariableDeclarator" && node["init"]) into.push(node["init"].start);
  if (node.type === "DoWhileStatement") into.push(node["test"].start);
  if (node.type === "ArrowFunctionExpression" && node["body"].type !== "BlockStatement") into.push(node["body"].start);
  for (const child of children(node)) visit(child, into);
}

function lineStarts(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
