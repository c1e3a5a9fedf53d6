/**
 * `node --import` of this: who imports "typescript" gets TypeScript 6. TypeDoc reads programs through TypeScript's
 * JavaScript interface, which 7 no longer has.
 */
import { register } from "node:module";

const RESOLVE = `export const resolve = (specifier, context, next) =>
  next(specifier === "typescript" ? "typescript-6" : specifier, context);`;

register(`data:text/javascript,${encodeURIComponent(RESOLVE)}`);
