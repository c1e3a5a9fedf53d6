/**
 * The temporary folder that cells are checked in. It is nested once for each folder above the notebook that has
 * packages, with a link to those, so that a package is found as from the notebook; the outermost one is the kernel's
 * own.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  realpathSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isAlive } from "../both/processes.js";
import { findDeclarations, OWN } from "./declarations.js";

const JSX = `type SaccadeElement = { readonly type: unknown; readonly props: Readonly<Record<string, unknown>> };
type SaccadeProps = Record<string, unknown> | null;
type SaccadeKind = string | symbol | ((props: any) => unknown);
declare function h(type: SaccadeKind, props: SaccadeProps, ...children: unknown[]): SaccadeElement;
declare function Fragment(props: { readonly children?: unknown }): SaccadeElement;
declare namespace JSX {
  type Element = SaccadeElement;
  interface ElementChildrenAttribute { children: {} }
  interface IntrinsicElements { [name: string]: any }
}
`;

const PREFIX = "saccade-cells-";
const CELLS = ["cell.ts", "cell.tsx"];

/**
 * Where a cell is checked: each a project with files of its own in sight, which it keeps while cells of another kind
 * run. `alone`: cells that name nothing from elsewhere; `packages`: those that have a package's types in sight.
 */
export type Project = "alone" | "cells" | "packages";
const FOLDERS: Readonly<Record<Project, string>> = { cells: ".", alone: "alone", packages: "with-packages" };
const PROJECTS = ["cells", "alone", "packages"] as const;

/** The folder of cell files, with the projects that the language server takes them for. */
export class Workspace {
  /** Where cell files lie. */
  readonly cells: string;
  /** The folders that packages are looked for in, the notebook's own first. */
  readonly packageFolders: readonly string[];
  readonly #root: string;

  /** @param rolledUp reads the declarations of dist/types, where they are; default true */
  constructor(folder: string, rolledUp: boolean = true) {
    removeAbandoned();
    this.#root = realpathSync(mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`)));
    const own = OWN;
    const above = ancestors(folder).filter((one) => one === folder || existsSync(join(one, "node_modules")));
    this.packageFolders = above.map((one) => join(one, "node_modules"));
    this.#linkOwn(own);
    let at = this.#root;
    for (const modules of this.packageFolders.toReversed()) {
      at = join(at, "folder");
      mkdirSync(at);
      symlinkSync(modules, join(at, "node_modules"), "junction");
    }
    this.cells = at;
    const nodeTypes = dirname(dirname(createRequire(import.meta.url).resolve("@types/node/package.json")));
    writeFileSync(join(at, "jsx.d.ts"), JSX);
    const globals = ["globals.d.ts", "node-globals.d.ts"].map((name) => join(own, "kernel/runtime", name));
    const ambient = [join(at, "jsx.d.ts"), ...globals.filter((one) => existsSync(one))];
    const { node, paths } = rolledUp ? findDeclarations(own, this.packageFolders) : { node: undefined, paths: {} };
    const isThere = (name: string): boolean => this.packageFolders.some((one) => existsSync(join(one, name)));
    const brought = ["saccade", "tslab"].filter((name) => !(name in paths) && !isThere(name)); // for local modules
    const typeRoots = [
      ...this.packageFolders.map((one) => join(one, "@types")).filter((one) => existsSync(join(one, "node"))),
      nodeTypes,
    ];
    const compilerOptions = {
      target: "esnext",
      module: "esnext",
      moduleResolution: "bundler",
      customConditions: ["node"],
      types: ["node"],
      paths: {
        ...Object.fromEntries(brought.map((name) => [name, [join(this.#root, "node_modules", name)]])),
        ...paths,
      },
      ...(node === undefined ? { lib: ["esnext"], typeRoots } : { noLib: true, typeRoots: [node] }),
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      allowImportingTsExtensions: true,
      moduleDetection: "force",
      allowJs: true,
      resolveJsonModule: true,
      esModuleInterop: true,
      jsx: "react",
      jsxFactory: "h",
      jsxFragmentFactory: "Fragment",
    };
    for (const project of PROJECTS.map((name) => join(at, FOLDERS[name]))) {
      mkdirSync(project, { recursive: true });
      for (const file of CELLS) writeFileSync(join(project, file), "");
      writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files: [...CELLS, ...ambient] }));
    }
  }

  file(name: string): string {
    return join(this.cells, name);
  }

  /** The document that a cell is shown in. */
  document(lang: "ts" | "tsx", project: Project): string {
    return join(this.cells, FOLDERS[project], `cell.${lang}`);
  }

  remove(): void {
    rmSync(this.#root, { recursive: true, force: true });
  }

  #linkOwn(own: string): void {
    const modules = join(this.#root, "node_modules");
    mkdirSync(modules);
    symlinkSync(own, join(modules, "saccade"), "junction");
    const tslab = (createRequire(import.meta.url).resolve.paths("tslab") ?? [])
      .map((folder) => join(folder, "tslab"))
      .find((folder) => existsSync(folder));
    if (tslab !== undefined) symlinkSync(tslab, join(modules, "tslab"), "junction");
  }
}

/** Folders of kernels that were killed. */
function removeAbandoned(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split("-")[0]) : 0;
    if (pid > 0 && !isAlive(pid)) rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
}

/** The folder and those above it. */
function ancestors(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [folder, ...ancestors(above)];
}
