/** The requests that say where to stop. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import { listIn, numberIn, objectOf, optionalNumber, textIn, type Arguments } from "./arguments.js";
import type { Session } from "./debug-session.js";

const LISTED = ["all", "uncaught"];

export function setBreakpoints(session: Session, args: Arguments): Promise<object> {
  const path = textIn(objectOf(args["source"]), "setBreakpoints", "path");
  const above = session.linesAbove(path);
  const asked = listIn(args, "setBreakpoints", "breakpoints").map((one): DebugProtocol.SourceBreakpoint => {
    const { condition, hitCondition, logMessage } = objectOf(one);
    const column = optionalNumber(objectOf(one), "column");
    return {
      line: numberIn(objectOf(one), "setBreakpoints", "line") + above,
      ...(column === undefined ? {} : { column }),
      ...(typeof condition === "string" ? { condition } : {}),
      ...(typeof hitCondition === "string" ? { hitCondition } : {}),
      ...(typeof logMessage === "string" ? { logMessage } : {}),
    };
  });
  return session.inTurn(async () => {
    const set = await session.breakpoints.replace(path, asked);
    return { breakpoints: set.map((one) => ({ ...one, line: one.line! - above })) };
  });
}

export function setExceptionBreakpoints(session: Session, args: Arguments): Promise<object> {
  const filters = listIn(args, "setExceptionBreakpoints", "filters").map(String);
  return session.inTurn(async () => {
    await session.stopAtErrors(new Set(filters.filter((filter) => LISTED.includes(filter))));
    return { breakpoints: filters.map((filter) => ({ verified: LISTED.includes(filter) })) };
  });
}
