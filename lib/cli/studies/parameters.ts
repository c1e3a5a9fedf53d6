/** What a notebook's cell tagged "parameters" declares. */
import { parseSync } from "oxc-parser";
import { whole } from "./notebook-file.js";

/** What is read of a notebook. */
export interface NotebookCells {
  readonly cells?: readonly {
    readonly source?: string | readonly string[];
    readonly metadata?: { readonly tags?: readonly string[] };
  }[];
}

/**
 * Names that may be set; undefined where the cell does not parse, or there is none.
 */
export function parametersOf({ cells = [] }: NotebookCells): readonly string[] | undefined {
  const cell = cells.find(({ metadata }) => metadata?.tags?.includes("parameters"));
  if (cell === undefined) return undefined;
  const text = whole(cell.source);
  const { program, errors } = parseSync("parameters.ts", text, { lang: "ts", sourceType: "module" });
  if (errors.length > 0) return undefined;
  return program.body.flatMap((statement) => {
    const node = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (node?.type !== "VariableDeclaration") return [];
    return node.declarations.flatMap(({ id }) => (id.type === "Identifier" ? [id.name] : []));
  });
}
