/** The magics that exist. runtime/run-magics.ts runs them. */

/** What a magic is to the parser and to help. */
export interface MagicInfo {
  /** cell: `%%name`, about the whole cell; line: `%name`, done before the cell runs. */
  readonly kind: "cell" | "line";
  /** The rest of the cell is not TypeScript but the magic's own text. */
  readonly body?: boolean;
  /** What may follow the name. */
  readonly args?: string;
  readonly required?: boolean;
  readonly help: string;
}

export const MAGICS: ReadonlyMap<string, MagicInfo> = new Map<string, MagicInfo>([
  ["time", { kind: "cell", help: "Prints how long the cell ran: on the clock, and on the processor." }],
  [
    "capture",
    { kind: "cell", args: "[name]", help: "Shows nothing of the cell; its output is kept under the name given." },
  ],
  [
    "bash",
    { kind: "cell", body: true, args: "[words]", help: "Runs the rest of the cell in bash, in the kernel's folder." },
  ],
  ["html", { kind: "cell", body: true, help: "Shows the rest of the cell as HTML." }],
  ["svg", { kind: "cell", body: true, help: "Shows the rest of the cell as a drawing." }],
  ["markdown", { kind: "cell", body: true, help: "Shows the rest of the cell as Markdown." }],
  [
    "writefile",
    {
      kind: "cell",
      body: true,
      args: "[-a] file",
      required: true,
      help: "Writes the rest of the cell to a file; -a adds it at the end.",
    },
  ],
  ["load", { kind: "line", args: "file", required: true, help: "Puts a file's text in the cell's place." }],
  ["who", { kind: "line", help: "Lists the names that cells have declared, with their types." }],
  ["whos", { kind: "line", help: "The same as %who." }],
  ["reset", { kind: "line", args: "[-f]", help: "Forgets every name that cells have declared." }],
  ["pwd", { kind: "line", help: "Prints the folder that the kernel runs in." }],
  ["help", { kind: "line", help: "Shows the magics in the front end's pager." }],
  ["lsmagic", { kind: "line", help: "Lists the magics." }],
]);

/** "%%time", "%who", …: all of them, as they are written. */
export function magicNames(): string[] {
  return [...MAGICS].map(([name, info]) => percents(info) + name);
}

/** The signs before a magic's name. */
export function percents(info: MagicInfo): "%" | "%%" {
  return info.kind === "cell" ? "%%" : "%";
}
