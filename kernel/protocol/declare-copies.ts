/** Declares for later cells what a debugger has copied out of functions, as a cell of its own would. */
import type { CellEvent, Debugging, Language, PreparedCell } from "../contract.js";

type Ended = Extract<CellEvent, { type: "done" | "evaluated" }>;

/** @param run runs a cell that is not shown */
export async function declareCopies(
  language: Language,
  debugging: Pick<Debugging, "takeCopies">,
  id: number,
  run: (cell: PreparedCell) => Promise<Ended>,
): Promise<void> {
  const code = debugging.takeCopies();
  if (code === "") return;
  const preparation = await language.prepare(code, { checking: "off", id });
  if (!preparation.ok) return;
  const ended = await run(preparation.cell);
  language.commit(id, ended.type === "done" ? ended.live : []);
}
