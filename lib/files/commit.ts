import { execFileSync } from "node:child_process";

/** "1a2b3c4", with "-dirty" behind it where a tracked file differs, stored results aside. */
export function commitOf(root: string): string {
  const git = (...args: string[]): string =>
    execFileSync("git", args, { cwd: root, encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  try {
    const changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!notebooks/results");
    return `${git("rev-parse", "--short", "HEAD")}${changed === "" ? "" : "-dirty"}`;
  } catch {
    return "unknown (no git)";
  }
}
