/** What a question about a cell is answered from. */
import type { Checker, CheckerOptions } from "./checker.js";

/** A checker with all that it works with. */
export type Context = Omit<CheckerOptions, "localFiles"> & { readonly checker: Checker };
