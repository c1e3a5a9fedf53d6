/**
 * Node's module hooks in a sweep's process: they erase the types of a trial's TypeScript, for which Node 20 has none of
 * its own, and let a function that is sent by its text import as if it stood in the working directory.
 */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { transformSync } from "oxc-transform";

const IS_TYPESCRIPT = /\.[cm]?tsx?$/;

type Next<Context, Result> = (specifier: string, context?: Context) => Result | Promise<Result>;

/** What the hooks are started with. */
export interface HookStart {
  /** Addresses of the modules that hold a function's text. */
  readonly sent: readonly string[];
  /** The address from which these import. */
  readonly base: string;
}

let start: HookStart = { sent: [], base: "" };

export function initialize(given: HookStart): void {
  start = given;
}

/** "./model.js" is ./model.ts where only that is there, as TypeScript's own imports say it. */
export async function resolve<Result>(
  specifier: string,
  context: { readonly parentURL?: string },
  next: Next<object, Result>,
): Promise<Result> {
  const sent = context.parentURL !== undefined && start.sent.includes(context.parentURL);
  const parentURL = sent ? start.base : context.parentURL;
  if (/^\.{1,2}\//.test(specifier) && parentURL?.startsWith("file:")) {
    const wanted = new URL(specifier, parentURL);
    const typed = [wanted.href.replace(/\.([cm]?)js(x?)$/, ".$1ts$2"), `${wanted.href}.ts`];
    if (!existsSync(fileURLToPath(wanted))) {
      const found = typed.find((href) => IS_TYPESCRIPT.test(href) && existsSync(fileURLToPath(href)));
      if (found !== undefined) return next(found, { ...context, parentURL });
    }
  }
  return next(specifier, { ...context, parentURL });
}

/** Loads TypeScript as a module of JavaScript, its lines where they were. */
export async function load<Result>(url: string, context: object, next: Next<object, Result>) {
  if (!url.startsWith("file:") || !IS_TYPESCRIPT.test(url) || url.includes("/node_modules/")) return next(url, context);
  const file = fileURLToPath(url);
  const { code, map, errors } = transformSync(file, readFileSync(file, "utf8"), { sourcemap: true });
  if (errors[0]) throw new SyntaxError(`${file}: ${errors[0].message}`);
  const inline = Buffer.from(JSON.stringify(map)).toString("base64");
  const source = `${code}\n//# sourceMappingURL=data:application/json;base64,${inline}`;
  return { format: "module", source, shortCircuit: true };
}
