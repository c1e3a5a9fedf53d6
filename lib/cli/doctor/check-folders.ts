/** The cache folder and the datasets' archives found on this machine. */
import { existsSync, readdirSync, statfsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheFolder } from "../../files/cache-folder.js";
import { diskBytes } from "../../files/disk-bytes.js";
import { typed } from "../../files/own-folder.js";
import { formatBytes } from "../../setup/project.js";
import type { Finding } from "./finding.js";

/** What lies in the cache folder, and what a set-up that was cut short left there. */
export function checkCache(cache: string = cacheFolder()): Finding {
  const entries = existsSync(cache) ? readdirSync(cache).filter((name) => !name.startsWith(".")) : [];
  const parts = entries.flatMap((name) =>
    name === "tensorflow"
      ? readdirSync(join(cache, name))
          .filter((one) => !one.startsWith("."))
          .map((one) => join(name, one))
      : [name],
  );
  const cut = parts.filter((name) => name.endsWith(".partial"));
  return {
    topic: "cache",
    lines: [
      `${cache}${entries.length === 0 ? " is empty" : ""}, ${formatBytes(freeBytes(cache))} free on its disk`,
      ...parts.map((name) => `${name}: ${formatBytes(diskBytes(join(cache, name)))}`),
    ],
    wrong:
      cut.length === 0
        ? []
        : [
            `Left over from a set-up that was cut short: ${cut.join(", ")}. \`${typed("setup")}\` completes it; ` +
              `\`${typed("clean")}\` frees it.`,
          ],
  };
}

/** Archives in the mirror that SACCADE_MIRROR names and in the cache, by dataset. */
export function checkData(cache: string = cacheFolder(), env: NodeJS.ProcessEnv = process.env): Finding {
  const mirror = env["SACCADE_MIRROR"];
  const isUrl = mirror !== undefined && /^https?:/.test(mirror);
  const wrong =
    mirror !== undefined && mirror !== "" && !isUrl && !existsSync(mirror)
      ? [`SACCADE_MIRROR names ${mirror}, which is not there. Unset it or name a folder that is.`]
      : [];
  const lines = [
    ...(mirror === undefined || mirror === ""
      ? []
      : isUrl
        ? [`mirror ${mirror} (asked when a dataset is loaded)`]
        : archivesIn(mirror).map((line) => `mirror ${line}`)),
    ...archivesIn(join(cache, "datasets")).map((line) => `cache ${line}`),
  ];
  return {
    topic: "data",
    lines: lines.length === 0 ? ["no archive yet: fetched when a study first asks for one"] : lines,
    wrong,
  };
}

function archivesIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const files = readdirSync(join(folder, name)).filter((file) => statSync(join(folder, name, file)).isFile());
      const sizes = files.map((file) => `${file} (${formatBytes(statSync(join(folder, name, file)).size)})`);
      return `${join(folder, name)}: ${sizes.join(", ") || "empty"}`;
    });
}

function freeBytes(folder: string): number {
  let existing = folder;
  while (!existsSync(existing)) existing = dirname(existing);
  const { bavail, bsize } = statfsSync(existing);
  return bavail * bsize;
}
