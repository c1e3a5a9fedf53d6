/** Files as their authors wrote them, those that a package's JavaScript was compiled from among them. */
import { Buffer } from "node:buffer";
import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { Positions } from "./positions.js";

/** A file's text; undefined where it cannot be read. */
export function fileText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * The one file that a script was compiled from, where it is there, by the script's own map.
 * @param mapUrl as the script says it
 */
export function sourceBehind(path: string, mapUrl: string): { path: string; positions: Positions } | undefined {
  const inline = /^data:application\/json[^,]*;base64,(.*)$/s.exec(mapUrl)?.[1];
  const mapFile = resolve(dirname(path), mapUrl);
  const map = inline === undefined ? fileText(mapFile) : Buffer.from(inline, "base64").toString("utf8");
  if (map === undefined) return undefined;
  try {
    const { sources, sourceRoot = "", sourcesContent } = JSON.parse(map) as RawMap;
    const [source] = sources;
    if (sources.length !== 1 || typeof source !== "string") return undefined;
    const file = resolve(inline === undefined ? dirname(mapFile) : dirname(path), sourceRoot, source);
    const text = fileText(file);
    const isOther = typeof sourcesContent?.[0] === "string" && sourcesContent[0] !== text;
    return text === undefined || isOther ? undefined : { path: file, positions: new Positions("", map, 0) };
  } catch {
    return undefined; // no map
  }
}

interface RawMap {
  readonly sources: readonly (string | null)[];
  readonly sourceRoot?: string;
  readonly sourcesContent?: readonly (string | null)[];
}
