/**
 * What an interrupt unwinds: async functions whose `await` stands within a `try` that has a `finally`. There the
 * `await` throws, no `catch` sees it, the `finally` blocks run, and the function then stays where it is: neither its
 * caller nor a promise's callback runs on.
 */
import type MagicString from "magic-string";
import { children, isFunction, type Node } from "./ast.js";

const RUNTIME = "$cell.unwinding";

/**
 * Rewrites the `try` statements of a module's async functions, its own top level among them.
 * @returns the awaits and the `for await` loops that throw when they are interrupted
 */
export function rewriteUnwinding(program: Node, out: MagicString): ReadonlySet<Node> {
  const throwing = new Set<Node>();
  let count = 0;
  for (const statement of program["body"]) visit(statement, { isAsync: true, within: 0 });
  return throwing;

  /** `within`: how many rewritten `try` statements of the same function stand around the node. */
  function visit(node: Node | null, place: Place): void {
    if (!node) return;
    if (isFunction(node)) return visitAll(node, { isAsync: node["async"] === true, within: 0 });
    if (node.type === "PropertyDefinition" || node.type === "StaticBlock")
      return visitAll(node, { isAsync: false, within: 0 });
    if (node.type === "TryStatement") return visitTry(node, place);
    if (place.within > 0 && isAwait(node)) throwing.add(node);
    visitAll(node, place);
  }

  function visitAll(node: Node, place: Place): void {
    for (const child of children(node)) visit(child, place);
  }

  function visitTry(node: Node, place: Place): void {
    const { block, handler, finalizer } = node as unknown as Record<"block" | "handler" | "finalizer", Node | null>;
    const awaits = awaitsIn(block) || awaitsIn(handler);
    const unwinds = place.isAsync && finalizer !== null && awaits && !leaves(finalizer, []);
    const deeper = { ...place, within: unwinds ? place.within + 1 : finalizer === null ? place.within : 0 };
    visit(block, deeper);
    visit(handler, deeper);
    visit(finalizer, place);
    if (handler !== null && deeper.within > 0 && awaitsIn(block)) passOn(handler);
    if (unwinds) rewriteTry(node, handler, finalizer, place.within === 0);
  }

  function rewriteTry(node: Node, handler: Node | null, finalizer: Node, isOutermost: boolean): void {
    const state = `$unwinding${count++}`;
    const entered = ` catch ($thrown) { ${state} = ${RUNTIME}.enter($thrown); throw $thrown; } `;
    out.prependRight(node.start, `{ let ${state}; ${handler ? "try { " : ""}`);
    if (handler) out.appendLeft(handler.end, ` }${entered}`);
    else out.appendLeft(node["block"].end, entered);
    out.appendLeft(finalizer.start + 1, " try {");
    const failed = `if (!${state}) throw $thrown; ${isOutermost ? "" : "throw "}${state}.fail($thrown);`;
    out.prependRight(
      finalizer.end - 1,
      `} catch ($thrown) { ${failed} } ${isOutermost ? `if (${state}) await ${state}.end(); ` : ""}`,
    );
    out.appendLeft(finalizer.end, " }");
  }

  /** The `catch` hands an interrupt on before it does anything else. */
  function passOn(handler: Node): void {
    const param: Node | null = handler["param"] ?? null;
    const body: Node = handler["body"];
    const name: string = param === null || param.type !== "Identifier" ? "$caught" : param["name"];
    const call = ` ${RUNTIME}.passOn(${name});`;
    if (param === null) out.appendLeft(body.start, `(${name}) `);
    if (param === null || param.type === "Identifier") out.appendLeft(body.start + 1, call);
    else {
      out.prependRight(param.start, `${name}) {${call} let `);
      out.update(param.end, body.start + 1, ` = ${name};`);
    }
  }
}

interface Place {
  readonly isAsync: boolean;
  readonly within: number;
}

function isAwait(node: Node): boolean {
  return node.type === "AwaitExpression" || (node.type === "ForOfStatement" && node["await"] === true);
}

/** Whether the same function awaits somewhere in the node. */
function awaitsIn(node: Node | null): boolean {
  if (node === null || isFunction(node)) return false;
  if (isAwait(node)) return true;
  for (const child of children(node)) if (awaitsIn(child)) return true;
  return false;
}

const LOOPS = ["ForStatement", "ForInStatement", "ForOfStatement", "WhileStatement", "DoWhileStatement"];

/** Whether a `finally` block goes elsewhere than to its end: what was thrown is then forgotten, an interrupt too. */
function leaves(node: Node, targets: readonly string[]): boolean {
  if (isFunction(node)) return false;
  if (node.type === "ReturnStatement") return true;
  if (node.type === "BreakStatement" || node.type === "ContinueStatement")
    return !targets.includes(node["label"]?.name ?? node.type);
  const more = LOOPS.includes(node.type)
    ? ["BreakStatement", "ContinueStatement"]
    : node.type === "SwitchStatement"
      ? ["BreakStatement"]
      : node.type === "LabeledStatement"
        ? [node["label"].name as string]
        : [];
  for (const child of children(node)) if (leaves(child, [...targets, ...more])) return true;
  return false;
}
