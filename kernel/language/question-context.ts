/** What a question about a cell is answered from. */
import type { Checker, CheckerOptions } from "./checker.js";

export type Context = Omit<CheckerOptions, "localFiles"> & { readonly checker: Checker };
