/** Whether what was thrown at a place is caught by a `catch` around it in the same function. */
import { children, isFunction, parse, type Node } from "../source/ast.js";
import type { CodePlace } from "../source/lines-with-code.js";

/** @param text an author's, or a library's as it runs */
export function isCaught(text: string, { line, column }: CodePlace): boolean {
  const asTs = parse(text, "ts");
  const { program } = asTs.faults.length === 0 ? asTs : parse(text, "tsx");
  const start = text
    .split("\n")
    .slice(0, line - 1)
    .reduce((sum, one) => sum + one.length + 1, 0);
  return isCaughtIn(program, start + column, false);
}

function isCaughtIn(node: Node, offset: number, caught: boolean): boolean {
  const inner = isFunction(node) ? false : caught;
  for (const child of children(node)) {
    if (offset < child.start || offset >= child.end) continue;
    const isTried = node.type === "TryStatement" && child === node["block"] && Boolean(node["handler"]);
    return isCaughtIn(child, offset, inner || isTried);
  }
  return inner;
}
