/** What a breakpoint asks for before it stops: a condition, a number of hits, or a line to write instead. */
import type { Breakpoint } from "./breakpoints.js";
import { isHit, logParts } from "./expressions.js";
import type { Frame } from "./frames.js";
import type { Remote } from "./inspector.js";

/** What conditions are asked with. */
export interface Conditions {
  readonly evaluate: (text: string, frame: Frame) => Promise<Remote>;
  readonly textOf: (value: Remote) => Promise<string>;
  /** Writes a line to the front end's console. */
  readonly log: (text: string, frame: Frame) => void;
}

/** Those whose conditions hold, or fail; a log point writes and does not hold. */
export async function holding(met: readonly Breakpoint[], top: Frame, conditions: Conditions): Promise<Breakpoint[]> {
  const held: Breakpoint[] = [];
  for (const one of met) {
    const { condition, hitCondition, logMessage } = one.asked;
    if (condition && !(await isTrue(condition, top, conditions))) continue;
    one.hits++;
    if (hitCondition && !isHit(hitCondition, one.hits)) continue;
    if (logMessage) conditions.log(await written(logMessage, top, conditions), top);
    else held.push(one);
  }
  return held;
}

async function isTrue(condition: string, top: Frame, { evaluate, log }: Conditions): Promise<boolean> {
  try {
    return isTruthy(await evaluate(condition, top));
  } catch (error) {
    log(`the condition ${condition} failed: ${(error as Error).message}`, top);
    return true;
  }
}

async function written(message: string, top: Frame, { evaluate, textOf }: Conditions): Promise<string> {
  const parts = logParts(message).map(({ text, isCode }) =>
    isCode ? evaluate(text, top).then(textOf, (error: Error) => `{${error.message}}`) : text,
  );
  return (await Promise.all(parts)).join("");
}

function isTruthy({ type, subtype, value, unserializableValue, objectId }: Remote): boolean {
  if (objectId !== undefined || type === "symbol") return true;
  if (unserializableValue !== undefined) return !["NaN", "-0", "0n"].includes(unserializableValue);
  return subtype !== "null" && Boolean(value);
}
