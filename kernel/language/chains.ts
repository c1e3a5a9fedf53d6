/**
 * A chain of cells in which each one's constants take their types from the cell before would be followed to its start
 * at every check. Where it grows long, a cell's file is written anew with its types spelled out, as far as the checker
 * can print them; it is asked first whether the spelled-out type is the very same.
 */
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { children, parse, unexported, type Node } from "../source/ast.js";
import type { ParsedCell } from "../source/parse.js";
import type { Registry } from "./carried-names.js";
import type { Server } from "./server.js";
import type { Workspace } from "./workspace.js";

/** Cells behind one another that a check may have to follow. */
const LONGEST = 16;
const SAME = "type $Same<A, B> = (<X>() => X extends A ? 1 : 2) extends (<X>() => X extends B ? 1 : 2) ? true : false;";

interface Committed {
  readonly cell: ParsedCell;
  readonly file: string;
  readonly usesPackages: boolean;
}

/** Spells out types that pass from cell to cell, so that no check has to go through a long chain of cells. */
export class Chains {
  readonly #workspace: Workspace;
  readonly #server: Server;
  readonly #registry: Registry;
  /** How many cells stand behind a cell's file, itself included. */
  readonly #lengths = new Map<string, number>();
  #work: Promise<void> = Promise.resolve();

  constructor({
    workspace,
    server,
    registry,
  }: {
    readonly workspace: Workspace;
    readonly server: Server;
    readonly registry: Registry;
  }) {
    this.#workspace = workspace;
    this.#server = server;
    this.#registry = registry;
  }

  /** Resolves when no file is being written anew. */
  settled(): Promise<void> {
    return this.#work;
  }

  /** How long the chain behind a cell is; asked before what it declares is carried. */
  lengthOf(cell: Pick<ParsedCell, "used">): number {
    return (
      1 +
      Math.max(
        0,
        ...[...cell.used]
          .flatMap((name) => [this.#registry.values.get(name), this.#registry.types.get(name)])
          .map((one) => (one && !one.declared.repeat && this.#lengths.get(one.file)) || 0),
      )
    );
  }

  /** After a cell was carried. */
  add(committed: Committed, length: number): void {
    this.#lengths.set(committed.file, length);
    if (length < LONGEST || !isPlain(committed.cell)) return;
    // a server that fails or was closed: the chain only stays long
    this.#work = this.#cut(committed).catch(() => undefined);
  }

  async #cut({ cell, file, usesPackages }: Committed): Promise<void> {
    const names = cell.declared.map((one) => one.name);
    const document = this.#workspace.document("ts", usesPackages ? "packages" : "cells");
    const textDocument = { uri: pathToFileURL(document).href };
    const asked =
      `import { ${names.join(", ")} } from ` +
      `${JSON.stringify(file)};\n${names.map((name) => `${name};\n`).join("")}`;
    await this.#server.ask(document, asked, "textDocument/hover", { position: { line: 1, character: 0 } });
    const hovers = await Promise.all(
      names.map((_, i) =>
        this.#server.request<{ contents: { value: string } } | null>("textDocument/hover", {
          textDocument,
          position: { line: i + 1, character: 0 },
        }),
      ),
    );
    const lines: string[] = [];
    for (const hover of hovers) {
      const line = declarationIn(hover?.contents.value ?? "");
      if (line === undefined) return;
      lines.push(line);
    }
    const declarations = lines.join("\n");
    const used = namesIn(declarations);
    for (const name of names) used.delete(name);
    const text = `${this.#registry.header({ used, declared: [], earlier: [] })}${declarations}\n`;
    const proof = names
      .map(
        (name) =>
          `import { ${name} as $was_${name} } from ${JSON.stringify(file)}; const $same_${name}: $Same<typeof ` +
          `$was_${name}, typeof ${name}> = true;`,
      )
      .join("\n");
    const { items } = await this.#server.ask<{ items: { severity: number }[] }>(
      document,
      `${text}${SAME}\n${proof}\n`,
      "textDocument/diagnostic",
    );
    if (items.some((one) => one.severity === 1)) return;
    writeFileSync(file, text);
    this.#server.changed([{ path: file, type: 2 }]);
    this.#lengths.set(file, this.lengthOf({ used }));
  }
}

/** It declares variables and functions only, each with a type of its own. */
function isPlain(cell: ParsedCell): boolean {
  return (
    !cell.augments &&
    cell.declared.length > 0 &&
    cell.declared.every((one) => one.value && !one.type && !one.repeat && !one.untyped) &&
    cell.program["body"].every(
      (node: Node) => unexported(node).type !== "TSDeclareFunction" && node.type !== "ExportDefaultDeclaration",
    )
  );
}

/** A hover's first line as a declaration; undefined where it says less than the cell did, as a literal's type does. */
function declarationIn(markdown: string): string | undefined {
  const shown = /```\w*\n([^]*?)\n```/
    .exec(markdown)?.[1]
    ?.replace("(alias) ", "")
    .split(/\n(?=import )/)[0];
  if (
    shown === undefined ||
    /\boverload|\.\.\. \d+ more|unique symbol|\n(?=function )/.test(shown) ||
    !/^(const|let|var|function) /.test(shown)
  )
    return undefined;
  const line = `export declare ${shown};`;
  const { program, faults } = parse(line, "ts");
  if (faults.length > 0 || program["body"].length !== 1) return undefined;
  const declared: Node | undefined = program["body"][0]["declaration"];
  const type: Node | undefined = declared?.["declarations"]?.[0]["id"]["typeAnnotation"]?.["typeAnnotation"];
  const parts: readonly Node[] = type?.type === "TSUnionType" ? type["types"] : type ? [type] : [];
  return parts.some((part) => part.type === "TSLiteralType" || part.type === "TSTypeQuery") ? undefined : line;
}

function namesIn(text: string): Set<string> {
  const found = new Set<string>();
  const visit = (node: Node): void => {
    if (node.type === "Identifier") found.add(node["name"]);
    for (const child of children(node)) visit(child);
  };
  visit(parse(text, "ts").program);
  return found;
}
