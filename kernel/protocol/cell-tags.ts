/** What a cell's tags, and the kernel's environment, say of how it is run. */
import type { Checking } from "../contract.js";
import type { JsonObject } from "./wire.js";

/** The tags of the cell that a request is of, where its front end sends them. */
export function cellTags(metadata: JsonObject): readonly string[] {
  const tags = metadata["tags"];
  return Array.isArray(tags) ? tags.map(String) : [];
}

/** The tag "nocheck" and the variable SACCADE_CHECK turn type errors into warnings, or off. */
export function checkingOf(tags: readonly string[]): Checking {
  if (tags.includes("nocheck")) return "warn";
  const option = process.env["SACCADE_CHECK"];
  return option === "warn" || option === "off" ? option : "error";
}
