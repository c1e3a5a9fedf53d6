/** Papermill's translator in a Python's packages, as pip would lay it down, so that pip can list and remove it. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeWholeSync } from "../../files/write-whole.js";

const MODULE = "saccade_papermill.py";
const SOURCE = `lib/setup/kernel/${MODULE}`;
const VERSION = "0.1.0";
const INFO = `saccade_papermill-${VERSION}.dist-info`;

/** Whether `sitePackages` has the translator of the Saccade in `root`. */
export function hasTranslator(sitePackages: string, root: string): boolean {
  const installed = join(sitePackages, MODULE);
  return (
    existsSync(join(sitePackages, INFO, "RECORD")) &&
    existsSync(installed) &&
    readFileSync(installed, "utf8") === readFileSync(join(root, SOURCE), "utf8")
  );
}

/** Puts the translator there; papermill finds it by its entry point. */
export function installTranslator(sitePackages: string, root: string): void {
  removeTranslator(sitePackages);
  const files: Record<string, string> = {
    [MODULE]: readFileSync(join(root, SOURCE), "utf8"),
    [`${INFO}/METADATA`]:
      `Metadata-Version: 2.1\nName: saccade-papermill\nVersion: ${VERSION}\nSummary: Papermill's ` +
      `translator for TypeScript notebooks\nLicense: Apache-2.0\n`,
    [`${INFO}/INSTALLER`]: "saccade\n",
    [`${INFO}/entry_points.txt`]: "[papermill.engine]\nsaccade = saccade_papermill:SaccadeEngine\n",
  };
  mkdirSync(join(sitePackages, INFO), { recursive: true });
  for (const [name, text] of Object.entries(files)) writeWholeSync(join(sitePackages, name), text);
  const record = Object.entries(files).map(
    ([name, text]) =>
      `${name},sha256=${createHash("sha256").update(text).digest("base64url")},${Buffer.byteLength(text)}\n`,
  );
  // last: it says that all is there
  writeWholeSync(join(sitePackages, INFO, "RECORD"), `${record.join("")}${INFO}/RECORD,,\n`);
}

/** Takes any version of the translator away. */
export function removeTranslator(sitePackages: string): void {
  if (!existsSync(sitePackages)) return;
  for (const name of readdirSync(sitePackages)) {
    if (name === MODULE || /^saccade_papermill-.*\.dist-info$/.test(name))
      rmSync(join(sitePackages, name), { recursive: true });
  }
}
