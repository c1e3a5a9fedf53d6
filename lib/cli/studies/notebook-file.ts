/** A notebook as the commands read and write it: nbformat 4.5, keys in the alphabet's order, as nbformat has them. */

/** What a cell showed. */
export interface Output {
  readonly output_type: string;
  /** stdout or stderr, of a stream. */
  readonly name?: string;
  /** Of a stream. */
  readonly text?: Text;
  /** By MIME type; without, a stream or an error. */
  readonly data?: Readonly<Record<string, unknown>>;
  readonly [other: string]: unknown;
}

/** nbformat keeps a text whole, or as its lines with their ends. */
export type Text = string | readonly string[];

/** A cell of a notebook. */
export interface NotebookCell {
  readonly cell_type: string;
  readonly id?: string;
  readonly source: Text;
  readonly execution_count?: number | null;
  readonly metadata: { readonly tags?: readonly string[]; readonly [other: string]: unknown };
  readonly outputs?: readonly Output[];
}

/** A notebook. */
export interface NotebookFile {
  readonly cells: readonly NotebookCell[];
  readonly metadata: { readonly saccade?: { readonly outputs?: unknown }; readonly [other: string]: unknown };
  readonly [other: string]: unknown;
}

/** The tag of the cell that a runner adds to set the parameters. */
const INJECTED = "injected-parameters";

/** @throws SyntaxError for what is no JSON */
export function notebookFrom(text: string): NotebookFile {
  return JSON.parse(text) as NotebookFile;
}

/** The notebook's file: its keys sorted, a space a level. */
export function notebookText(notebook: NotebookFile): string {
  return `${JSON.stringify(sorted(notebook), null, 1)}\n`;
}

/** A value whose objects have their keys in the alphabet's order. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}

/** A text of a notebook in one piece. */
export function whole(text: Text | undefined): string {
  return [text ?? ""].flat().join("");
}

/** A text as its lines. */
export function linesOf(text: Text): string[] {
  const one = whole(text);
  return one === "" ? [] : one.split(/(?<=\n)/);
}

/** Its cells of code, without the one that a runner added. */
export function codeCells({ cells }: NotebookFile): NotebookCell[] {
  return cells.filter((cell) => cell.cell_type === "code" && !isInjected(cell));
}

/** Whether a runner added it. */
export function isInjected({ metadata }: NotebookCell): boolean {
  return metadata.tags?.includes(INJECTED) ?? false;
}

/** Whether it declares the parameters. */
export function isParameters({ metadata }: NotebookCell): boolean {
  return metadata.tags?.includes("parameters") ?? false;
}
