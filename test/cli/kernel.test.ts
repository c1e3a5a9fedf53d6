import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { run } from "../../lib/cli/kernel.js";
import { parseKernelOptions } from "../../lib/cli/kernel/kernel-options.js";
import { hasTranslator, installTranslator, removeTranslator } from "../../lib/setup/kernel/papermill.js";
import { kernelFolders, prefixPlace, userDataFolder } from "../../lib/setup/kernel/places.js";
import { isInstalled, kernelsIn, writeKernel, type KernelSpec } from "../../lib/setup/kernel/spec.js";
import { projectAt, ROOT, temporaryFolder, write } from "./project.js";

let prefix: string;
let said: string[];
const kernels = (): string => join(prefix, "share/jupyter/kernels");
const packages = (): string => join(prefix, "lib/python3.11/site-packages");
const kernel = (...args: string[]): Promise<number> => run([...args, "--prefix", prefix], projectAt(ROOT));

beforeEach(() => {
  prefix = temporaryFolder();
  mkdirSync(packages(), { recursive: true });
  for (const name of ["SACCADE_CACHE", "SACCADE_TENSORFLOW", "XDG_CACHE_HOME"]) vi.stubEnv(name, undefined);
  said = [];
  for (const stream of ["log", "error"] as const)
    vi.spyOn(console, stream).mockImplementation((text: string) => void said.push(text));
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

describe("npm run kernel", () => {
  it("keeps the folders that set-up was given in kernel.json, absolute, and none that are the default", async () => {
    const env = async (): Promise<unknown> => {
      expect(await kernel("install")).toBe(0);
      return (JSON.parse(readFileSync(join(kernels(), "saccade", "kernel.json"), "utf8")) as KernelSpec).env;
    };
    expect(await env()).toBeUndefined();
    vi.stubEnv("XDG_CACHE_HOME", "/xdg");
    expect(await env()).toEqual({ SACCADE_SETUP_CACHE: "/xdg/saccade" });
    vi.stubEnv("SACCADE_CACHE", "own");
    vi.stubEnv("SACCADE_TENSORFLOW", "/tensorflow");
    expect(await env()).toEqual({ SACCADE_SETUP_CACHE: resolve("own"), SACCADE_SETUP_TENSORFLOW: "/tensorflow" });
  });

  it("installs a spec with logos that Jupyter can read, and is a no-op the second time", async () => {
    expect(await kernel("install")).toBe(0);
    const folder = join(kernels(), "saccade");
    const spec = JSON.parse(readFileSync(join(folder, "kernel.json"), "utf8")) as KernelSpec;
    expect(spec).toEqual({
      argv: [
        process.execPath,
        "--no-force-async-hooks-checks",
        "--expose-internals",
        join(ROOT, "dist/kernel/main.js"),
        "{connection_file}",
      ],
      display_name: "TypeScript (Saccade)",
      language: "typescript",
      interrupt_mode: "message",
      metadata: {
        debugger: true,
        saccade: { version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as unknown, root: ROOT },
      },
    });
    for (const size of [32, 64]) {
      const logo = readFileSync(join(folder, `logo-${size}x${size}.png`));
      expect([logo.subarray(1, 4).toString(), logo.readUInt32BE(16), logo.readUInt32BE(20)]).toEqual([
        "PNG",
        size,
        size,
      ]);
    }
    expect(readFileSync(join(folder, "logo-svg.svg"), "utf8")).toMatch(/^<svg /);
    expect(hasTranslator(packages(), ROOT)).toBe(true);
    said.length = 0;
    expect(await kernel("install")).toBe(0);
    expect(said).toEqual([`TypeScript (Saccade) is installed: ${folder}`]);
  });

  it("keeps several side by side under names of their own", async () => {
    await kernel("install");
    await kernel("install", "--name", "saccade-next");
    expect(kernelsIn(kernels()).map(({ name, spec }) => [name, spec.display_name])).toEqual([
      ["saccade", "TypeScript (Saccade)"],
      ["saccade-next", "TypeScript (saccade-next)"],
    ]);
    expect(await kernel("uninstall", "--name", "saccade-next")).toBe(0);
    expect(hasTranslator(packages(), ROOT)).toBe(true);
    expect(await kernel("uninstall")).toBe(0);
    expect([kernelsIn(kernels()), existsSync(join(kernels(), "saccade")), hasTranslator(packages(), ROOT)]).toEqual([
      [],
      false,
      false,
    ]);
  });

  it("takes another checkout's place only where it is told to", async () => {
    const other = temporaryFolder();
    for (const file of [
      "package.json",
      "kernel/logos/logo-32x32.png",
      "kernel/logos/logo-64x64.png",
      "kernel/logos/logo-svg.svg",
    ])
      write(other, { [file]: readFileSync(join(ROOT, file), "utf8") });
    writeKernel(join(kernels(), "saccade"), other);
    expect(await kernel("install")).toBe(1);
    expect(said.join()).toContain(`saccade is there already, of Saccade 0.1.0 in ${other}. Choose another name`);
    expect(await kernel("install", "--replace")).toBe(0);
    expect(isInstalled(join(kernels(), "saccade"), ROOT)).toBe(true);
  });

  it("uninstalls only what is its own, and lists that", async () => {
    write(kernels(), { "python3/kernel.json": "{}", "broken/kernel.json": "{" });
    await kernel("install");
    expect(await kernel("uninstall", "--name", "python3")).toBe(2);
    expect(said.at(-1)).toBe("kernel uninstall: --name must be one of saccade, got python3");
    expect(existsSync(join(kernels(), "python3"))).toBe(true);
  });

  it("doctor has the kernel compute, and says what a broken one starts", async () => {
    vi.stubEnv("JUPYTER_PATH", join(prefix, "share/jupyter"));
    vi.stubEnv("JUPYTER_DATA_DIR", join(prefix, "none"));
    await kernel("install");
    await run(["doctor"], projectAt(ROOT));
    expect(said.join("\n")).toMatch(/^saccade +works \(/m);
    const file = join(kernels(), "saccade/kernel.json");
    writeFileSync(file, readFileSync(file, "utf8").replace("dist/kernel/main.js", "dist/kernel/gone.js"));
    expect(await run(["doctor"], projectAt(ROOT))).toBe(1);
    expect(said.join("\n")).toMatch(/starts \S+gone\.js, which is not there: install it anew, or uninstall it/);
    vi.unstubAllEnvs();
  });

  it("lists the known actions and options, and exits with 2", async () => {
    expect(await run(["frob"], projectAt(ROOT))).toBe(2);
    expect(said).toEqual(["kernel: action must be one of install, uninstall, list, doctor, got frob"]);
    expect(() => parseKernelOptions([])).toThrow("got none");
    expect(() => parseKernelOptions(["install", "--nope"])).toThrow(/the options are --user, --prefix DIR/);
    expect(() => parseKernelOptions(["install", "--user", "--prefix", "x"])).toThrow(
      "kernel: needs --user or --prefix, got both",
    );
    expect(() => parseKernelOptions(["install", "--name", "../x"])).toThrow(
      'kernel: --name must be of letters, digits, ".", "_" and "-", got ../x',
    );
  });
});

describe("places", () => {
  it("are Jupyter's own", () => {
    expect(userDataFolder({ JUPYTER_DATA_DIR: "/j" })).toBe("/j");
    if (process.platform === "linux") expect(userDataFolder({ HOME: "/h" })).toBe("/h/.local/share/jupyter");
    expect(kernelFolders("/root/.venv", { JUPYTER_PATH: "/a:/b", HOME: "/h", VIRTUAL_ENV: "/v" })).toEqual(
      expect.arrayContaining([
        "/a/kernels",
        "/b/kernels",
        "/v/share/jupyter/kernels",
        "/root/.venv/share/jupyter/kernels",
      ]),
    );
    expect(prefixPlace(prefix).sitePackages).toBe(packages());
    expect(prefixPlace(join(prefix, "none")).sitePackages).toBeUndefined();
  });
});

describe("papermill's translator", () => {
  it("lies there as pip would have laid it, and goes without a trace", () => {
    installTranslator(packages(), ROOT);
    installTranslator(packages(), ROOT);
    const info = join(packages(), "saccade_papermill-0.1.0.dist-info");
    expect(readFileSync(join(info, "entry_points.txt"), "utf8")).toBe(
      "[papermill.engine]\nsaccade = saccade_papermill:SaccadeEngine\n",
    );
    expect(readFileSync(join(info, "RECORD"), "utf8").split("\n")).toHaveLength(6);
    removeTranslator(packages());
    expect([existsSync(info), existsSync(join(packages(), "saccade_papermill.py"))]).toEqual([false, false]);
  });

  it("writes the assignments that the runner writes, and refuses what the parameters cell does not declare", ({
    skip,
  }) => {
    // papermill belongs to the second environment: a stand-in for the four names that the translator takes from it.
    const stand = temporaryFolder();
    write(stand, {
      "papermill/__init__.py": "",
      "papermill/engines.py": "class NBClientEngine: pass\n",
      "papermill/exceptions.py": "class PapermillException(Exception): pass\n",
      "papermill/models.py":
        "from collections import namedtuple\nParameter = namedtuple('Parameter', 'name inferred_type_name " +
        "default help')\n",
      "papermill/translators.py":
        "class Translator: pass\nclass Registry(dict):\n    def register(self, language, translator): " +
        "self[language] = translator\npapermill_translators = Registry()\n",
      "main.py": `import json, sys
sys.path.insert(0, sys.argv[1])
from papermill.exceptions import PapermillException
from saccade_papermill import papermill_translators as known
t = known["typescript"]
assert t is known["saccade"]
cell = json.load(sys.stdin)
for given in cell["given"]:
    t.inspect({"source": cell["source"]})
    try:
        print(json.dumps([line for line in t.codify(given).splitlines() if not line.startswith("//")]))
    except PapermillException as error:
        print(json.dumps(str(error)))
`,
    });
    const source =
      'type Size = "smoke" | "quick" | "full";\nlet size: Size = "quick" as Size; // how long\nlet epochs ' +
      "= 3;\nlet rates: number[] = [1], other = 2;\nlet plan: Plan = make();\nlet seeds = [1, 2];";
    const given = [
      { size: "smoke", epochs: 5, rates: [0.1, 2], other: null, plan: { a: [true, 1e-7, 'é"\n'] } },
      { sise: "smoke" },
      { size: "huge" },
      { epochs: "many" },
      { epochs: true },
      { rates: [1, "x"] },
      { "a b": 1 },
      { epochs: 2 ** 60 },
    ];
    const { stdout, stderr, error } = spawnSync("python3", [join(stand, "main.py"), join(ROOT, "lib/setup/kernel")], {
      input: JSON.stringify({ source, given }),
      encoding: "utf8",
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
    skip(error !== undefined, "papermill's translator was not run: there is no python3");
    expect(stderr).toBe("");
    const parameters =
      'the parameters are size: Size = "quick" as Size, epochs: number = 3, rates: number[] = [1], other = ' +
      "2, plan: Plan = make(), seeds = [1, 2]"; // a type that nobody wrote is left out
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([
      ['size = "smoke";', "epochs = 5;", "rates = [0.1,2];", "other = null;", 'plan = {"a":[true,1e-7,"é\\"\\n"]};'],
      `parameters: sise is not declared; ${parameters}`,
      `parameters: size must be of type "smoke" | "quick" | "full", got "huge"; ${parameters}`,
      `parameters: epochs must be of type number, got "many"; ${parameters}`,
      `parameters: epochs must be of type number, got true; ${parameters}`,
      `parameters: rates must be of type number[], got [1,"x"]; ${parameters}`,
      "parameters: a name must be one of TypeScript's, got a b",
      "parameters: an integer must be within 2^53, got 1152921504606847000",
    ]);
  });
});
