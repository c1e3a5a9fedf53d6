/** What a request's arguments hold. A front end may send anything. */
import type { Json } from "../contract.js";

/** A request's arguments. */
export type Arguments = Readonly<Record<string, Json | undefined>>;

/** What is an object; {} for anything else. */
export function objectOf(value: Json | undefined): Arguments {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Arguments) : {};
}

/** @throws TypeError that names the request and the argument */
export function numberIn(args: Arguments, command: string, name: string): number {
  const value = args[name];
  if (typeof value !== "number" || !Number.isInteger(value))
    throw new TypeError(`${command}: ${name} must be a whole number, got ${JSON.stringify(value)}`);
  return value;
}

/** @throws TypeError that names the request and the argument */
export function textIn(args: Arguments, command: string, name: string): string {
  const value = args[name];
  if (typeof value !== "string")
    throw new TypeError(`${command}: ${name} must be a string, got ${JSON.stringify(value)}`);
  return value;
}

/** A number that may be left out. */
export function optionalNumber(args: Arguments, name: string): number | undefined {
  const value = args[name];
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;
}

/** @throws TypeError that names the request and the argument */
export function listIn(args: Arguments, command: string, name: string): readonly Json[] {
  const value = args[name] ?? [];
  if (!Array.isArray(value)) throw new TypeError(`${command}: ${name} must be a list, got ${JSON.stringify(value)}`);
  return value as readonly Json[];
}

/** Whether code can say it as a name. */
export function isName(text: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text);
}

/** @throws SyntaxError that names the request and the argument */
export function nameIn(args: Arguments, command: string, name: string): string {
  const value = textIn(args, command, name);
  if (!isName(value)) throw new SyntaxError(`${command}: ${name} must be a name, got ${JSON.stringify(value)}`);
  return value;
}
