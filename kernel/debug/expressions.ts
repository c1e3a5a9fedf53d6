/** What a front end has evaluated: TypeScript that may name what any cell declared. */
import MagicString from "magic-string";
import { transformSync } from "oxc-transform";
import { LOOKS } from "../both/looks.js";
import { parse } from "../source/ast.js";
import { findReferences } from "../source/references.js";
import { overLimit } from "../source/limits.js";

/**
 * JavaScript for a text, in which names that the frame does not know are read where cells keep them.
 * @param known whether the frame knows a name itself
 * @param named whether a cell has declared it
 * @throws SyntaxError for text that is neither an expression nor statements
 */
export function toEvaluate(text: string, known: (name: string) => boolean, named: (name: string) => boolean): string {
  const js = erased(text);
  const out = new MagicString(js);
  for (const { name, start, end, kind } of findReferences(parse(js, "js").program).names) {
    if (known(name) || !named(name)) continue;
    const target = `${LOOKS}.names()[${JSON.stringify(name)}]`;
    if (kind === "shorthand") out.appendLeft(end, `: ${target}`);
    else out.update(start, end, kind === "call" ? `(0, ${target})` : target);
  }
  return out.toString();
}

function erased(text: string): string {
  const over = overLimit(text);
  if (over) throw new SyntaxError(over.message);
  const asExpression = transformed(`(${text}\n)`);
  const { code, errors } = asExpression.errors.length === 0 ? asExpression : transformed(text);
  if (errors.length > 0) throw new SyntaxError(errors[0]!.message);
  return code;
}

function transformed(text: string): ReturnType<typeof transformSync> {
  return transformSync("expression.ts", text, {
    lang: "ts",
    sourceType: "module",
    typescript: { onlyRemoveTypeImports: true },
  });
}

/** The parts of a log point's message: text, and what stands between braces. */
export function logParts(message: string): { readonly text: string; readonly isCode: boolean }[] {
  return message.split(/(\{[^{}]*\})/).map((part) => {
    const isCode = part.startsWith("{") && part.endsWith("}");
    return { text: isCode ? part.slice(1, -1) : part, isCode };
  });
}

/** Whether the nth time is one to stop at: "5", ">= 5", "% 5"; as VS Code's adapters read it. */
export function isHit(condition: string, count: number): boolean {
  const match = /^\s*(>=|>|<=|<|==?=?|%)?\s*(\d+)\s*$/.exec(condition);
  if (match === null)
    throw new RangeError(
      `setBreakpoints: hitCondition must be a number with >, >=, <, <=, == or % before it, got ${condition}`,
    );
  const [, operator = "", digits] = match;
  const number = Number(digits);
  if (operator === "%") return number > 0 && count % number === 0;
  if (operator === ">") return count > number;
  if (operator === ">=") return count >= number;
  if (operator === "<") return count < number;
  if (operator === "<=") return count <= number;
  return count === number;
}
