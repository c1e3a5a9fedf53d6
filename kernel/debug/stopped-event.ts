/** A stop as the protocol tells it. */
import type { DebugProtocol } from "@vscode/debugprotocol";
import type { Stop } from "./stops.js";

export function toStopped(stop: Stop): DebugProtocol.StoppedEvent["body"] {
  const { reason, thrown, breakpoints } = stop;
  return {
    reason,
    threadId: 1,
    allThreadsStopped: true,
    ...(thrown
      ? { description: "an error was thrown", text: thrown.value.description ?? String(thrown.value.value) }
      : {}),
    ...(breakpoints.length > 0 ? { hitBreakpointIds: breakpoints.map(({ id }) => id) } : {}),
  };
}
