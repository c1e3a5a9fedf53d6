/**
 * Callbacks of widgets: what they print and show belongs to the cell that gave them, not to the message that calls
 * them.
 */
import { currentTask, Task, within } from "../task.js";

/** `handler`, with output in the cell that runs now; each call is a task of its own, whatever became of that cell. */
export function inThisCell<A extends readonly unknown[], R>(handler: (...args: A) => R): (...args: A) => R {
  const cell = currentTask();
  if (!cell) return handler;
  return (...args) => within(new Task(cell.parent, cell.allowStdin), () => handler(...args));
}
