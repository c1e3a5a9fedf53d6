import { existsSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { ensurePackages } from "../../lib/cli/bootstrap/packages.mjs";
import { projectAt, temporaryFolder, write } from "./project.js";

const manifest = (version: string): string =>
  JSON.stringify({ name: "saccade", version, dependencies: { tiny: "file:tiny" } });
const lock = (version: string): string =>
  JSON.stringify({
    name: "saccade",
    version,
    lockfileVersion: 3,
    requires: true,
    packages: {
      "": { name: "saccade", version, dependencies: { tiny: "file:tiny" } },
      "node_modules/tiny": { resolved: "tiny", link: true },
      tiny: { version: "1.0.0" },
    },
  });

describe("ensurePackages()", () => {
  let root = "";
  const ensure = (): Promise<void> => ensurePackages(root, projectAt(root).jobs);
  const stamp = (): string => join(root, "node_modules/.saccade-stamp");

  beforeEach(async () => {
    root = temporaryFolder();
    write(root, {
      "package.json": manifest("1.0.0"),
      "package-lock.json": lock("1.0.0"),
      "tiny/package.json": '{ "name": "tiny", "version": "1.0.0" }',
    });
    await ensure();
  });

  it("installs what the lock file lists, and links the project itself", () => {
    expect(existsSync(join(root, "node_modules/tiny/package.json"))).toBe(true);
    expect(readlinkSync(join(root, "node_modules/saccade"))).toBe("..");
    expect(readFileSync(join(root, "node_modules/saccade/package.json"), "utf8")).toBe(manifest("1.0.0"));
  });

  it("does nothing the second time", async () => {
    const before = statSync(stamp()).mtimeMs;
    await ensure();
    expect(statSync(stamp()).mtimeMs).toBe(before);
  });

  it("installs again where a package is missing", async () => {
    rmSync(join(root, "node_modules/tiny"));
    await ensure();
    expect(existsSync(join(root, "node_modules/tiny/package.json"))).toBe(true);
  });

  it("installs again after an install that was cut short", async () => {
    rmSync(stamp());
    rmSync(join(root, "node_modules/tiny"));
    await ensure();
    expect(existsSync(stamp())).toBe(true);
    expect(existsSync(join(root, "node_modules/tiny/package.json"))).toBe(true);
  });

  it("installs again where the lock file changed", async () => {
    const before = readFileSync(stamp(), "utf8");
    write(root, { "package.json": manifest("1.0.1"), "package-lock.json": lock("1.0.1") });
    await ensure();
    expect(readFileSync(stamp(), "utf8")).not.toBe(before);
  });

  it("makes the link again where it was replaced", async () => {
    rmSync(join(root, "node_modules/saccade"));
    writeFileSync(join(root, "node_modules/saccade"), "no link");
    await ensure();
    expect(readlinkSync(join(root, "node_modules/saccade"))).toBe("..");
  });

  it("says what npm said where it fails, and leaves no stamp", async () => {
    write(root, {
      "package.json": JSON.stringify({
        name: "saccade",
        version: "1.0.0",
        dependencies: { tiny: "file:tiny", other: "file:other" },
      }),
    });
    write(root, { "package-lock.json": lock("1.0.2") });
    await expect(ensure()).rejects.toThrow(/package-lock\.json.*could not be installed/s);
    expect(existsSync(stamp())).toBe(false);
  });
});
