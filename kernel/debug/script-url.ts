/**
 * Names of scripts, and paths of files. V8 is told a file's path by one loader and its URL by another, and Node writes
 * a path as a URL for the inspector: which characters stand there as %20 and such differs.
 */
import { Buffer } from "node:buffer";
import { fileURLToPath } from "node:url";

/** The file behind a script's name; the name where there is none. */
export function pathOf(url: string): string {
  if (!url.startsWith("file://")) return url;
  try {
    return fileURLToPath(url.replace(/[?#].*$/s, ""));
  } catch {
    return url; // no path of this system
  }
}

/** V8's pattern for a part of a path, whichever way it is written. */
export function patternOf(path: string): string {
  return [...path].map((char) => (/[\w/]/.test(char) ? char : `(?:${escape(char)}|${encoded(char)})`)).join("");
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/** "%C3%A9", of either case. */
function encoded(char: string): string {
  const digit = (value: number): string => {
    const text = value.toString(16);
    return text === text.toUpperCase() ? text : `[${text}${text.toUpperCase()}]`;
  };
  return [...Buffer.from(char)].map((byte) => `%${digit(byte >> 4)}${digit(byte & 15)}`).join("");
}
