/** What front ends take otherwise than the protocol has it; told by the name that they begin with. */
export interface Dialect {
  /**
   * JupyterLab's console empties the list of variables, and reads it again only for calls that it does not know; a page
   * that was loaded again marks the line that is stopped at only then. After each of the console's evaluations, and of
   * a page's first requests, calls have other numbers.
   */
  readonly renewsFrames: boolean;
  /** JupyterLab's tree shows a type it does not know in the value's place: it is told none. */
  readonly hidesTypes: boolean;
  /** VS Code's Jupyter extension counts a cell's lines from the first that is not empty: IPython strips those above. */
  readonly stripsLines: boolean;
}

export function dialectOf(clientId: unknown): Dialect {
  const isLab = clientId === "jupyterlab";
  return { renewsFrames: isLab, hidesTypes: isLab, stripsLines: clientId === "vscode" };
}

/** How many lines of a text stand above its first one that is not empty; 0 where all are. */
export function emptyLinesAbove(text: string): number {
  return Math.max(
    0,
    text.split("\n").findIndex((line) => line.trim() !== ""),
  );
}
