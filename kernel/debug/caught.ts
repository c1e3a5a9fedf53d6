/** What stands around a place of an author's text, or of a library's as it runs. */
import { children, isFunction, parse, type Node } from "../source/ast.js";
import type { CodePlace } from "../source/lines-with-code.js";

/** Whether what is thrown there is caught by a `catch` in the same function. */
export function isCaught(text: string, place: CodePlace): boolean {
  let caught = false;
  eachAround(text, place, (node, child) => {
    if (isFunction(node)) caught = false;
    caught ||= node.type === "TryStatement" && child === node["block"] && Boolean(node["handler"]);
  });
  return caught;
}

/** Whether it stands in a function. */
export function isInFunction(text: string, place: CodePlace): boolean {
  let found = false;
  eachAround(text, place, (node) => (found ||= isFunction(node)));
  return found;
}

/** Goes from the whole text inwards. @param visit takes a node around the place, and the one in it that is too */
function eachAround(text: string, { line, column }: CodePlace, visit: (node: Node, child: Node) => void): void {
  const asTs = parse(text, "ts");
  const { program } = asTs.faults.length === 0 ? asTs : parse(text, "tsx");
  const start = text
    .split("\n")
    .slice(0, line - 1)
    .reduce((sum, one) => sum + one.length + 1, 0);
  const offset = start + column;
  let node: Node | undefined = program;
  while (node !== undefined) {
    const inner: Node | undefined = [...children(node)].find((child) => offset >= child.start && offset < child.end);
    if (inner !== undefined) visit(node, inner);
    node = inner;
  }
}
