import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { rollUp } from "../../lib/cli/bootstrap/roll-up.mjs";
import { temporaryFolder, write } from "./project.js";

describe("rollUp()", () => {
  let root = "";
  beforeEach(() => void (root = temporaryFolder()));
  const roll = (entry: string): ReturnType<typeof rollUp> =>
    rollUp([join(root, entry)], { nameOf: (path) => path.slice(root.length + 1).replace(/\.d\.ts$/, "") });
  const tight = (text: string): string => text.replaceAll(/\s+/g, " ").trim();

  it("makes an ambient module of each file, and follows what they name", () => {
    write(root, {
      "a.d.ts": 'import { B } from "./b.js";\nexport declare const a: B | import("./deep").C;\n',
      "b.d.ts": "export interface B {}\n",
      "deep/index.d.ts": "export type C = 1;\n",
    });
    const { parts, modules } = roll("a.d.ts");
    expect(parts.map(tight)).toEqual([
      'declare module "types:a" { import { B } from "types:b"; export const a: B | import("types:deep/index").C; }',
      'declare module "types:b" { export interface B {} }',
      'declare module "types:deep/index" { export type C = 1; }',
    ]);
    expect(modules.get(join(root, "b.d.ts"))?.name).toBe("types:b");
  });

  it("says what a file adds to another beside that one, with the imports it needs", () => {
    write(root, {
      "t.d.ts": "export declare class T {}\n",
      "add.d.ts":
        'import { T } from "./t";\nimport { R as Rank } from "./r";\nexport interface Own {}\ndeclare module ' +
        '"./t" { interface T { add(r: Rank): T & Own } }\n',
      "r.d.ts": "export type R = 1;\n",
    });
    expect(tight(roll("add.d.ts").parts[0] ?? "")).toContain(
      'declare module "types:t" { import { R as Rank } from "types:r"; import { Own } from "types:add"; ' +
        "interface T { add(r: Rank): T & Own } }",
    );
  });

  it("throws where what is added cannot be named from beside", () => {
    write(root, {
      "t.d.ts": "export declare class T {}\n",
      "add.d.ts": 'interface Hidden {}\nexport {};\ndeclare module "./t" { interface T { hidden: Hidden } }\n',
    });
    expect(() => roll("add.d.ts")).toThrow(
      'roll-up: types:add adds to "types:t" with its own Hidden, which it does not export',
    );
  });

  it("leaves scripts as they are, and follows their references", () => {
    write(root, {
      "s.d.ts": '/// <reference path="m.d.ts" />\ndeclare var s: number;\ndeclare module "x" { export const x: 1; }\n',
      "m.d.ts": "declare var m: string;\n",
    });
    expect(roll("s.d.ts").parts.map(tight)).toEqual([
      'declare var s: number; declare module "x" { export const x: 1; }',
      "declare var m: string;",
    ]);
  });

  it("takes a package's types from where its package.json says", () => {
    write(root, {
      "a.d.ts": 'export * from "p";\nexport * from "none";\n',
      "node_modules/p/package.json": '{ "exports": { ".": { "types": "./t/i.d.ts" } } }',
      "node_modules/p/t/i.d.ts": "export default 1;\n",
    });
    const { parts, modules } = roll("a.d.ts");
    expect(tight(parts[0] ?? "")).toBe(
      'declare module "types:a" { export * from "types:node_modules/p/t/i"; export * from "none"; }',
    );
    expect(modules.get(join(root, "node_modules/p/t/i.d.ts"))?.hasDefault).toBe(true);
  });
});
