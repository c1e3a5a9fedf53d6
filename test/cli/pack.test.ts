/** What `npm pack` would pack; that it installs and runs is test/integration/pack.test.ts's business. */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { workFolder } from "../../lib/cli/bootstrap/places.mjs";
import { ROOT, temporaryFolder, write } from "./project.js";

interface Packed {
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly size: number; readonly mode: number }[];
}

const isBuilt = existsSync(join(ROOT, "dist/lib/index.js"));
/** The most bytes that the package may take on disk: two thirds are the rolled-up types. */
const MOST_BYTES = 20e6;

describe.skipIf(!isBuilt)("npm pack (needs the build)", () => {
  // without scripts, as the build is here; into a cache of its own, as nothing is fetched
  const listed: unknown = JSON.parse(
    execFileSync("npm", ["pack", "--dry-run", "--ignore-scripts", "--json"], {
      cwd: ROOT,
      encoding: "utf8",
      stdio: "pipe",
    }),
  );
  const [packed] = Object.values(listed as Record<string, Packed>);
  const { files, unpackedSize } = packed!;
  const paths = files.map(({ path }) => path);
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    dependencies: Record<string, string>;
    bin: Record<string, string>;
  };
  const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");

  it("packs what runs: the library, the kernel, its types, the commands and what they read", () => {
    expect(paths).toEqual(
      expect.arrayContaining([
        "dist/lib/index.js",
        "dist/lib/index.d.ts",
        "dist/lib/datasets/pipeline/pipeline-worker.js",
        "dist/lib/setup/fetch-library-program.js",
        "dist/kernel/main.js",
        "dist/kernel/worker.js",
        "dist/types/.stamp",
        "dist/types/entries/saccade/index.d.ts",
        "kernel/runtime/globals.d.ts",
        "kernel/logos/logo-svg.svg",
        "lib/cli/bootstrap.mjs",
        "lib/cli/studies/execute.py",
        "lib/setup/requirements.txt",
        "lib/setup/unpack-wheel.py",
        "lib/setup/kernel/saccade_papermill.py",
        "LICENSE",
      ]),
    );
  });

  it("packs no sources, tests, notebooks or source maps, and not more than 20 MB", () => {
    const strange = paths.filter(
      (path) =>
        /^(test|notebooks|findings)\/|\.map$|\.partial|__pycache__|\.test\.|_test\./.test(path) ||
        (path.endsWith(".ts") && !path.endsWith(".d.ts")),
    );
    expect(strange).toEqual([]);
    expect(unpackedSize).toBeLessThan(MOST_BYTES);
  });

  it("brings tfjs-node's JavaScript with its licence, and has no need of the package and its install script", () => {
    expect(Object.keys(manifest.dependencies)).not.toContain("@tensorflow/tfjs-node-gpu");
    const vendor = "dist/vendor/tfjs-node-gpu";
    for (const name of [
      "LICENSE",
      "NOTICE",
      "nodejs_kernel_backend.js",
      "nodejs_kernel_backend.d.ts",
      "proto/api_pb.js",
    ])
      expect(paths).toContain(`${vendor}/${name}`);
    const own = paths.filter((path) => /^dist\/lib\/.*\.d\.ts$/.test(path));
    expect(own.filter((path) => text(path).includes('"@tensorflow/tfjs-node-gpu'))).toEqual([]);
  });

  it("has every package that the copied JavaScript asks for among the dependencies", () => {
    const asked = paths
      .filter((path) => /^dist\/vendor\/.*\.js$/.test(path))
      .flatMap((path) =>
        [...text(path).matchAll(/^(?:var|const|import).*require\(["']([^."'][^"']*)["']\)/gm)].map(([, name]) => name!),
      );
    const known = [...Object.keys(manifest.dependencies), "fs", "path", "util", "os"];
    expect([...new Set(asked)].filter((name) => !known.includes(name))).toEqual([]);
    expect(asked).toContain("google-protobuf");
  });

  it("says nothing of the machine that packed it", () => {
    const places = [ROOT, homedir()].filter((folder) => folder.length > "/root".length);
    const telling = paths.filter(
      (path) => !/\.(png|svg)$/.test(path) && places.some((place) => text(path).includes(place)),
    );
    expect(telling).toEqual([]);
  });

  it("has a command that can be run", () => {
    const path = manifest.bin["saccade"]!;
    expect(text(path).startsWith("#!/usr/bin/env node\n")).toBe(true);
    expect(statSync(join(ROOT, path)).mode & 0o111).toBe(0o111);
  });
});

describe("a package without a build", () => {
  it("is not made by a plain npm pack, which fails with the name of what to type", () => {
    const folder = temporaryFolder();
    for (const name of ["package.json", ".npmrc"]) cpSync(join(ROOT, name), join(folder, name));
    const { status, stderr } = spawnSync("npm", ["pack"], { cwd: folder, encoding: "utf8", env: withoutNpm() });
    expect(stderr).toContain("type-npm-run-pack-instead/saccade-");
    expect(status).not.toBe(0);
  });

  it("says, where one is installed, what was wrong with it and how to pack it", () => {
    const project = temporaryFolder();
    write(project, { "package.json": "{}" });
    const installed = join(project, "node_modules/saccade");
    for (const name of ["package.json", "lib/cli/bootstrap.mjs", "lib/cli/bootstrap"])
      cpSync(join(ROOT, name), join(installed, name), { recursive: true });
    const program = join(installed, "lib/cli/bootstrap.mjs");
    const { status, stderr } = spawnSync(process.execPath, [program, "doctor"], { cwd: project, encoding: "utf8" });
    expect(stderr).toMatch(
      /This package of Saccade has no build .*: it was packed without one\. Pack it by `npm run pack`/,
    );
    expect(status).toBe(1);
  });
});

/** The settings of npm that started the tests are not the folder's. */
function withoutNpm(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
}

describe("workFolder()", () => {
  it("is the checkout for its own npm scripts, wherever they are started", () => {
    expect(workFolder(ROOT, join(ROOT, "lib/cli/bootstrap.mjs"), "/")).toBe(ROOT);
  });
  it("is the project around for npx: the nearest folder with a package.json, else the one at hand", () => {
    const project = temporaryFolder();
    write(project, { "package.json": "{}", "node_modules/saccade/package.json": "{}" });
    mkdirSync(join(project, "notebooks/deep"), { recursive: true });
    const installed = join(project, "node_modules/saccade");
    expect(workFolder(installed, join(project, "node_modules/.bin/saccade"), join(project, "notebooks/deep"))).toBe(
      project,
    );
    const bare = temporaryFolder();
    expect(workFolder(installed, "/usr/local/bin/saccade", bare)).toBe(bare);
    // a checkout that is linked into the project
    symlinkSync(ROOT, join(project, "node_modules/linked"));
    expect(workFolder(ROOT, join(project, "node_modules/.bin/saccade"), project)).toBe(project);
  });
});
