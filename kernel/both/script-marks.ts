/** What the main thread makes of the scripts that it runs, and the debugger, on the worker thread, knows them by. */

/** Stands before a cell's code, which is an expression. */
export const CODE_PREFIX = "(";

/** The name of the map of a script made of a local module: no file, V8 passes it on. */
export const MODULE_MAP = "saccade:";
