/** How many traces of one function are no cause for a warning. */
const TRACES_WITHOUT_WARNING = 8;

/**
 * Says once that a function is traced again and again.
 *
 * @param isRenewed whether these traces replaced others, whose weights had changed
 */
export function warnOfTraces(name: string, traces: number, isRenewed: boolean): void {
  if (traces !== TRACES_WITHOUT_WARNING + 1) return;
  const why = isRenewed
    ? "as its weights changed; each costs time. Leave freeze out while a network is trained"
    : `for arguments of ${traces} forms; each costs time and memory. Give it arguments of few shapes: drop or pad ` +
      "the last batch";
  console.warn(`saccade: compile: ${name} has been traced ${traces} times, ${why}`);
}
