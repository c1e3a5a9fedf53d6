import { readdirSync } from "node:fs";

/** The notebooks' folder, with a separator at its end. */
export const NOTEBOOKS = new URL("../../notebooks/", import.meta.url).pathname;

/** Beside the studies, and read like the guide's pages. */
export const START = "start-here";

/** Names of the studies; what JupyterLab calls "Untitled" is a reader's own. */
export const studies: readonly string[] = readdirSync(NOTEBOOKS)
  .filter((name) => name.endsWith(".ipynb") && !name.startsWith("Untitled"))
  .map((name) => name.slice(0, -".ipynb".length))
  .filter((name) => name !== START)
  .sort();
