/** What a cell's error message says of anything thrown. */
import { inspect } from "node:util";
import { cut, isArray, isProxy, messageOf, read } from "../values/safe.js";
import { toText } from "../values/text.js";
import type { ErrorContext } from "./error-context.js";
import type { ErrorDescription } from "../../both/error-description.js";
import { bold, dim, plain, red } from "../../both/paint.js";
import { inOwnNames } from "./own-names.js";
import { parseStack } from "./stack.js";
import { stackText } from "./stack-text.js";

const { keys, getOwnPropertyDescriptor } = Object;

const MAX_CAUSES = 8;
const MAX_MEMBERS = 5;
const MAX_MESSAGE = 10_000;

/**
 * Name, message and traceback of anything thrown: positions in the cell's own text with a code frame, frames of
 * libraries folded, the kernel's left out, causes and the members of an AggregateError below. Never throws.
 * @param context where cells' texts and source maps are found
 */
export function describeError(error: unknown, context?: ErrorContext): ErrorDescription {
  try {
    const { ename, evalue } = nameAndMessage(error);
    return { ename, evalue, traceback: tracebackOf(error, context) ?? [`${ename}: ${evalue}`] };
  } catch (trouble) {
    const evalue = `an error that cannot be described: ${cut(messageOf(trouble), 200)}`;
    return { ename: "Error", evalue, traceback: [`Error: ${evalue}`] };
  }
}

/** Undefined where a cell broke a built-in that it takes: name and message are worth having alone. */
function tracebackOf(error: unknown, context: ErrorContext | undefined): readonly string[] | undefined {
  try {
    return chain(error, context).split("\n");
  } catch {
    return undefined;
  }
}

/** The traceback without colours, as an error is shown that is a value. */
export function errorText(error: unknown, context?: ErrorContext): string {
  return plain(chain(error, context));
}

function nameAndMessage(error: unknown): { readonly ename: string; readonly evalue: string } {
  if (!isErrorLike(error))
    return {
      ename: "Thrown",
      evalue: typeof error === "string" ? cut(error, MAX_MESSAGE) : cut(toText(error), MAX_MESSAGE),
    };
  const name = read(error, "name");
  const message = read(error, "message");
  const className = read(read(error, "constructor"), "name");
  const generic = typeof name !== "string" || name === "" || name === "Error";
  const ename =
    generic && typeof className === "string" && className !== "" && className !== "Object"
      ? className
      : generic
        ? "Error"
        : name;
  return {
    ename: cut(ename, 200),
    evalue:
      typeof message === "string"
        ? inOwnNames(cut(message, MAX_MESSAGE))
        : message === undefined
          ? ""
          : cut(toText(message), MAX_MESSAGE),
  };
}

/** Errors of any realm, DOMExceptions, and objects that look like one. */
function isErrorLike(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (value instanceof Error && !isProxy(value)) return true;
  return (
    typeof read(value, "message") === "string" &&
    (typeof read(value, "stack") === "string" || typeof read(value, "name") === "string")
  );
}

/** What a traceback has shown: errors, and places whose code stands in it. */
class Seen {
  readonly errors: unknown[] = [];
  readonly places = new Set<string>();
}

/** The error, its causes and its members, each as a block. */
function chain(first: unknown, context: ErrorContext | undefined, seen = new Seen()): string {
  let text = "";
  let error: unknown = first;
  for (let i = 0; ; i++) {
    if (seen.errors.includes(error)) return `${text}${dim("[the same error again]")}`;
    if (i === MAX_CAUSES) return `${text}${dim("[further causes left out]")}`;
    if (isErrorLike(error)) seen.errors.push(error);
    text += block(error, context, seen);
    const cause = isErrorLike(error) ? causeOf(error) : undefined;
    if (!cause) return text;
    text += `\n\n${dim("Caused by:")}\n`;
    error = cause.value;
  }
}

function causeOf(error: object): { readonly value: unknown } | undefined {
  if (isProxy(error)) return undefined;
  const descriptor = getOwnPropertyDescriptor(error, "cause");
  return descriptor && "value" in descriptor && descriptor.value !== undefined
    ? { value: descriptor.value as unknown }
    : undefined;
}

function block(error: unknown, context: ErrorContext | undefined, seen: Seen): string {
  const { ename, evalue } = nameAndMessage(error);
  const head = `${bold(red(ename))}${evalue ? `: ${evalue}` : ""}`;
  if (!isErrorLike(error)) return head;
  let text = head + details(error);
  const stack = read(error, "stack");
  if (typeof stack === "string") {
    const where = stackText(parseStack(stack, headerOf(error, stack), context), seen.places);
    if (where) text += `\n${where}`;
  }
  return text + members(error, context, seen);
}

/** The part of the stack that repeats name and message. */
function headerOf(error: object, stack: string): string {
  const message = read(error, "message");
  if (typeof message !== "string" || message === "") return "";
  const at = stack.indexOf(message);
  return at >= 0 && at < 300 && !/\n\s+at /.test(stack.slice(0, at)) ? stack.slice(0, at + message.length) : "";
}

/** Further fields that say what went wrong, as Node's errors have: code, path, … */
function details(error: object): string {
  if (isProxy(error)) return "";
  let text = "";
  const names = keys(error);
  for (let i = 0; i < names.length && i < 10; i++) {
    const name = names[i] as string;
    if (name === "cause" || name === "errors" || name === "stack" || name === "message" || name === "name") continue;
    const descriptor = getOwnPropertyDescriptor(error, name);
    if (!descriptor || !("value" in descriptor)) continue;
    text += `\n  ${name}: ${shortText(descriptor.value)}`;
  }
  return text;
}

function shortText(value: unknown): string {
  try {
    return cut(inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 200, maxArrayLength: 10 }), 300);
  } catch {
    return "[cannot be shown]";
  }
}

/** The members of an AggregateError, indented. */
function members(error: object, context: ErrorContext | undefined, seen: Seen): string {
  const errors = isProxy(error) ? undefined : (getOwnPropertyDescriptor(error, "errors")?.value as unknown);
  if (!isArray(errors) || isProxy(errors)) return "";
  let text = "";
  for (let i = 0; i < errors.length && i < MAX_MEMBERS; i++) {
    const inner = chain(errors[i], context, seen).split("\n").join("\n    ");
    text += `\n\n  ${dim(`[${i + 1} of ${errors.length}]`)} ${inner}`;
  }
  if (errors.length > MAX_MEMBERS) text += `\n\n  ${dim(`… ${errors.length - MAX_MEMBERS} more`)}`;
  return text;
}
