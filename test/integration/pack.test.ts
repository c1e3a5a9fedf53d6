/**
 * Saccade in a project of one's own, from an empty folder: `npm run pack` in a fresh clone, `npm install` there, a
 * script, its types, and the commands behind `npx saccade`.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { projectRoot } from "../../lib/client/kernel-specs.js";

interface Ended {
  readonly status: number | null;
  readonly text: string;
}

function run(cwd: string, program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Ended {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: "utf8",
    env: { ...withoutNpm(), ...env },
    maxBuffer: 2 ** 26,
  });
  return { status, text: `${stdout}${stderr}` };
}

/** npm hands its scripts its settings, this checkout's `ignore-scripts` among them: a project has its own. */
function withoutNpm(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name) || /registry|proxy|cafile/i.test(name)),
  );
}

/** What `git clone` gives, with what is not committed yet, and this checkout's packages: nothing is built. */
function freshClone(): string {
  const clone = join(scratch, "clone");
  const git = (...args: string[]): string => execFileSync("git", args, { cwd: projectRoot(), encoding: "utf8" });
  git("clone", "--quiet", projectRoot(), clone);
  for (const name of git("ls-files", "--modified", "--others", "--exclude-standard").split("\n").filter(Boolean)) {
    if (existsSync(join(projectRoot(), name))) cpSync(join(projectRoot(), name), join(clone, name));
    else rmSync(join(clone, name), { force: true });
  }
  cpSync(join(projectRoot(), "node_modules"), join(clone, "node_modules"), { recursive: true, verbatimSymlinks: true });
  expect(existsSync(join(clone, "dist"))).toBe(false);
  return clone;
}

const scratch = mkdtempSync(join(tmpdir(), "saccade-pack-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const registry = run(scratch, "npm", ["view", "progress@2.0.3", "version"]);
const why = registry.text.includes("2.0.3") ? undefined : `npm's registry cannot be reached: ${registry.text.trim()}`;
if (why !== undefined) console.log(`test/integration/pack: not run, ${why}`);

const SCRIPT = `import { backend, models, tf } from "saccade";
const model = models.createModel("small_vit", { seed: 1 });
const sum = tf.tidy(() => tf.tensor1d([1, 2]).sum().dataSync()[0]);
console.log(sum, model.countParams(), backend.backendInfo().title);
`;
const TYPED = `import { datasets, models, tf, train } from "saccade";
const model: tf.LayersModel = models.createModel("small_vit", { seed: 1 });
const set = await datasets.cifar10({ fallback: "generated" });
export const history = await train.fit(model, set.train, { epochs: 1 });
export const image: tf.Tensor = tf.node.decodeImage(new Uint8Array(3));
// @ts-expect-error the losses are no number: types are there, and none is any
export const wrong: number = history.losses;
// @ts-expect-error nor is an image
export const alsoWrong: number = tf.node.decodeImage(new Uint8Array(3));
`;

describe.skipIf(why !== undefined)("a project of one's own (needs npm's registry)", () => {
  let tarball = "";
  const install = (name: string, ...options: string[]): string => {
    const folder = join(scratch, name);
    mkdirSync(folder);
    expect(run(folder, "npm", ["init", "-y"])).toMatchObject({ status: 0 });
    const installed = run(folder, "npm", ["install", "--no-audit", "--no-fund", ...options, tarball]);
    expect(installed, installed.text).toMatchObject({ status: 0 });
    writeFileSync(join(folder, "script.mjs"), SCRIPT);
    return folder;
  };

  beforeAll(() => {
    const clone = freshClone();
    const plain = run(clone, "npm", ["pack"]);
    expect(plain.text).toContain("type-npm-run-pack-instead"); // it does not build, so it must not pack
    expect(plain.status).not.toBe(0);
    const packed = run(clone, "npm", ["run", "pack", "--", "--pack-destination", scratch]);
    expect(packed, packed.text).toMatchObject({ status: 0 });
    expect(packed.text).toMatch(/\/saccade-[\d.]+\.tgz {3}\d+ files, [\d.]+ MB, [\d.]+ MB unpacked$/m);
    tarball = join(
      scratch,
      readdirSync(scratch).find((name) => name.endsWith(".tgz"))!,
    );
  });

  describe("installed without install scripts", () => {
    let folder = "";
    beforeAll(() => void (folder = install("project", "--ignore-scripts")));
    const npx = (...args: string[]): Ended => run(folder, "npx", ["--no-install", "saccade", ...args]);

    it("computes, and so it does once the packages' install scripts ran", () => {
      for (const scripts of [false, true]) {
        if (scripts) expect(run(folder, "npm", ["rebuild"])).toMatchObject({ status: 0 });
        const { status, text } = run(folder, "node", ["script.mjs"]);
        expect(text).toMatch(/^3 159498 /m);
        expect(status).toBe(0);
      }
      // an old TensorFlow, and the program that fetched it, are not among the packages
      expect(existsSync(join(folder, "node_modules/@tensorflow/tfjs-node-gpu"))).toBe(false);
    });

    it("leaves the project's own tsc in its place: tslab, whose TypeScript takes it, is for who installs it", () => {
      expect(run(folder, "npx", ["--no-install", "tsc", "--version"]).text).toBe("Version 7.0.2\n");
      expect(existsSync(join(folder, "node_modules/tslab"))).toBe(false);
    });

    it("fetches TensorFlow's library with the first tensor, or says what computes in its place", () => {
      const { status, text } = run(folder, "node", ["script.mjs"], { SACCADE_CACHE: join(scratch, "cache") });
      expect(text).toMatch(/^saccade: fetching TensorFlow [\d.]+, once for all projects: /m);
      expect(text).toMatch(/^3 159498 /m);
      if (text.includes("could not be fetched")) {
        expect(text).toMatch(/saccade: running on WebAssembly .*; npx saccade setup fetches it/);
        expect(text).toMatch(/^3 159498 WebAssembly$/m);
      } else expect(text).toMatch(/^3 159498 TensorFlow /m);
      expect(status).toBe(0);
    });

    it.each(["--module nodenext", "--module esnext --moduleResolution bundler"])("is typed with %s", (mode) => {
      writeFileSync(join(folder, "typed.mts"), TYPED);
      const tsc = join(folder, "node_modules/typescript/bin/tsc");
      const options = "--ignoreConfig --noEmit --strict --target es2022 --types node --skipLibCheck typed.mts";
      const ended = run(folder, "node", [tsc, ...mode.split(" "), ...options.split(" ")]);
      expect(ended).toEqual({ status: 0, text: "" });
    });

    it("has no fault of its own in its types where all are checked", () => {
      const tsc = join(folder, "node_modules/typescript/bin/tsc");
      const options = "--ignoreConfig --noEmit --strict --target es2022 --types node --module nodenext typed.mts";
      const { text } = run(folder, "node", [tsc, ...options.split(" "), "--skipLibCheck", "false"]);
      expect(text.split("\n").filter((line) => line.startsWith("node_modules/saccade/"))).toEqual([]);
    });

    it("lists the commands that are for a project, and no others", () => {
      const { text } = npx("--help");
      expect(text).toContain("npx saccade NAME ARGUMENTS");
      for (const name of ["setup", "studies", "new", "kernel", "doctor"])
        expect(text).toMatch(new RegExp(`^  ${name} `, "m"));
      expect(text).not.toMatch(/^ {2}(test|bench|prepack) /m);
      expect(npx("test").status).toBe(2);
    });

    it("begins a study, runs it in the project's own folders, and finds nothing wrong", () => {
      expect(npx("new", "my-study").status).toBe(0);
      const ran = npx("studies", "my-study", "--size", "smoke");
      expect(ran.text).toMatch(/^my-study {2}smoke {2}saccade {2}[\d.]+ s {2}passed: 2 of 2 claims hold/m);
      expect(ran.status).toBe(0);
      expect(readdirSync(join(folder, "notebooks/.output")).sort()).toContain("my-study.smoke.saccade.ipynb");
      expect(existsSync(join(folder, ".venv"))).toBe(false);
      const doctor = npx("doctor");
      expect(doctor.text).toContain(`the project ${folder}`);
      expect(doctor.text).toContain("Nothing is wrong.");
    });

    it("has what it set up freed again by clean, and the project's own left", () => {
      mkdirSync(join(folder, "dist"));
      expect(npx("clean").status).toBe(0);
      expect(existsSync(join(folder, ".saccade/venv"))).toBe(false);
      for (const name of ["dist", "node_modules", "notebooks/my-study.ipynb"])
        expect(existsSync(join(folder, name))).toBe(true);
    });
  });
});
