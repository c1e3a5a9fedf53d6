/** The debug room's door: Jupyter's debug requests answered from V8's debugger. */
import type { CreateDebugging, Json } from "../contract.js";
import { objectOf } from "./arguments.js";
import { COMMANDS } from "./commands.js";
import { Session } from "./debug-session.js";

export const createDebugging: CreateDebugging = (options) => {
  const session = new Session(options);
  let seq = 1;

  async function answer(content: Json): Promise<Json> {
    const request = objectOf(content);
    const { command = "", seq: requestSeq = 0 } = request;
    const name = typeof command === "string" ? command : "";
    const reply = (outcome: { readonly success: boolean; readonly message?: string; readonly body?: Json }): Json => {
      const request_seq = typeof requestSeq === "number" && Number.isInteger(requestSeq) ? requestSeq : 0;
      return { type: "response", seq: seq++, request_seq, command: name, ...outcome };
    };
    const handle = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (handle === undefined)
      return reply({ success: false, message: `debug: there is no request ${JSON.stringify(command)}`, body: {} });
    try {
      if (handle.needs !== undefined) session.check(name, handle.needs);
      const body = (await handle.run(session, objectOf(request["arguments"]))) ?? {};
      return reply({ success: true, body: body as Json });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return reply({ success: false, message, body: { error: { id: 1, format: message } } });
    }
  }

  return {
    answer,
    runs: (cell, title) => session.runs(cell, title),
    takeCopies: () => session.takeCopies(),
    get stopped() {
      return session.stops.paused;
    },
    leave: () => session.leave(),
    strike: (isNeeded) => session.debugger.strike(isNeeded),
    arm: () => session.arm(),
    close: () => session.close(),
  };
};
