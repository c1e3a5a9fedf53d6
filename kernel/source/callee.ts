/** The call, or `new`, within whose arguments a place stands. */
import { children, parse, type Node } from "./ast.js";
import { Scan, type Level } from "./scan.js";

/** What is put around a level's text before a bracket so that it can be read alone; the first that fits is taken. */
const LIST = ["[", "]"] as const;
const BODY = ["async function* $_() {", "}"] as const;
const AROUND: Readonly<Record<string, readonly (readonly [before: string, behind: string])[]>> = {
  "": [["", ""]],
  "${": [LIST],
  "[": [LIST],
  "(": [LIST, BODY, ["for (", ") {}"], ["(", ") => 0"]],
  "{": [BODY, ["({", "})"], ["class $_ {", "}"], ["switch ($_) {", "}"]],
};
/** What a call may need behind it: the rest of a condition or a case, a body, what is decorated. */
const TAILS = ["", ": 0", "{}", " class $_ {}"];

/**
 * Where the name stands that the innermost call around the offset calls. Read is only what stands before each open
 * bracket, level by level: neither the arguments nor what comes behind the offset need make sense.
 */
export function calleeAt(source: string, offset: number): number | undefined {
  const levels = openLevels(source.slice(0, offset));
  for (let i = levels.length - 1; i > 0; i--) {
    if (levels[i]!.open !== "(") continue;
    const found = calledBefore(source, levels[i]!.start - 1, levels[i - 1]!);
    if (found !== undefined) return found;
  }
  return undefined;
}

function openLevels(text: string): readonly Level[] {
  const scan = new Scan(text);
  while (scan.next());
  return scan.levels;
}

/** The name that a bracket at `end` calls; undefined where it is no call's, as that of a condition or of parameters. */
function calledBefore(source: string, end: number, { open, start }: Level): number | undefined {
  const line = source.lastIndexOf("\n", end - 1) + 1;
  // from its own line on, where what stands above is wrong
  for (const from of line > start ? [start, line] : [start])
    for (const [before, behind] of AROUND[open]!)
      for (const tail of TAILS) {
        const text = `${before}${source.slice(from, end)}()`;
        const program = programOf(`${text}${tail}${behind}`);
        if (!program) continue;
        const name = nameOf(callEndingAt(program, text.length));
        return name === undefined ? undefined : name - before.length + from;
      }
  return undefined;
}

function programOf(text: string): Node | undefined {
  for (const lang of ["ts", "tsx"] as const) {
    const { program, faults } = parse(text, lang);
    if (faults.length === 0) return program;
  }
  return undefined;
}

function callEndingAt(node: Node, end: number): Node | undefined {
  if (node.end === end && (node.type === "CallExpression" || node.type === "NewExpression")) return node["callee"];
  for (const child of children(node)) {
    const found = child.start < end && end <= child.end ? callEndingAt(child, end) : undefined;
    if (found) return found;
  }
  return undefined;
}

/** Where a callee's last name begins. */
function nameOf(node: Node | undefined): number | undefined {
  switch (node?.type) {
    case "Identifier":
      return node["name"] === "async" ? undefined : node.start; // of an arrow function's parameters
    case "Super":
      return node.start;
    case "MemberExpression":
      return node["property"].start;
    case "CallExpression":
      return nameOf(node["callee"]);
    case "ParenthesizedExpression":
    case "ChainExpression":
    case "TSNonNullExpression":
    case "TSInstantiationExpression":
    case "TSAsExpression":
      return nameOf(node["expression"]);
    default:
      return undefined;
  }
}
