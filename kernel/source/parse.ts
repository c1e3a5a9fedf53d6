/** What a cell declares and uses, from its syntax tree. */
import { bound, children, isFunction, parse, unexported, type Lang, type Node, type SyntaxFault } from "./ast.js";
import { EditedText, type Edit } from "./edits.js";
import { hoisted } from "./references.js";

/** How a name was declared; decides how later cells see it. */
export interface Declared {
  readonly name: string;
  readonly value: boolean;
  readonly type: boolean;
  /** Later cells may assign to it. */
  readonly assignable: boolean;
  /** A variable with neither type nor value: later cells see `any`. */
  readonly untyped: boolean;
  /** Type parameters of a type or interface, as written, and their names. */
  readonly parameters?: { readonly text: string; readonly names: readonly string[] };
  /** For an import, the statement that repeats it in later cells. */
  readonly repeat?: { readonly specifier: string; readonly clause: string; readonly attributes: string };
}

/** A specifier in quotes. */
export interface Specifier {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface ParsedCell {
  /** The cell's text; an object literal as its last expression stands in parentheses. */
  readonly edited: EditedText;
  readonly text: string;
  readonly lang: "ts" | "tsx";
  readonly program: Node;
  readonly declared: readonly Declared[];
  /** Every name that could refer to an earlier cell. */
  readonly used: ReadonlySet<string>;
  /** Uses of a name inside its own declaration that mean an earlier one: `const x = x + 1`. */
  readonly earlier: readonly {
    readonly name: string;
    readonly start: number;
    readonly end: number;
    readonly shorthand: boolean;
  }[];
  readonly specifiers: readonly Specifier[];
  /** The last expression statement. */
  readonly result: Node | undefined;
  /** Names that the cell exports by itself. */
  readonly exported: ReadonlySet<string>;
  readonly noCheck: boolean;
  /** It changes global types: later cells must keep it in sight. */
  readonly augments: boolean;
  /** Standard decorators or `using`, which need lowering. */
  readonly needsLowering: boolean;
}

export function parseCell(source: string): ParsedCell | { readonly faults: readonly SyntaxFault[] } {
  const first = attempt(source, []);
  if ("program" in first) return withObjectLiteral(source, first);
  return objectLiteralOnly(source) ?? first;
}

/** The cell with something put in, as completion does. */
export function parseCellWith(
  source: string,
  edits: readonly Edit[],
): ParsedCell | { readonly faults: readonly SyntaxFault[] } {
  return attempt(source, edits);
}

function attempt(source: string, edits: readonly Edit[]): ParsedCell | { readonly faults: readonly SyntaxFault[] } {
  const edited = new EditedText(source, edits);
  let lang: "ts" | "tsx" = "ts";
  let parsed = parse(edited.text, lang);
  if (parsed.faults.length > 0) {
    const withJsx = parse(edited.text, "tsx");
    if (withJsx.faults.length > 0) return { faults: parsed.faults };
    [parsed, lang] = [withJsx, "tsx"];
  }
  const { program, comments } = parsed;
  const body: readonly Node[] = program["body"];
  const last = body.at(-1);
  const head = comments.filter((comment) => comment.end <= (body[0]?.start ?? Infinity));
  return {
    edited,
    text: edited.text,
    lang,
    program,
    declared: declarations(body, edited.text),
    earlier: body.flatMap(earlierUses),
    result: last?.type === "ExpressionStatement" ? last : undefined,
    noCheck: head.some((comment) => comment.value.trim().startsWith("@ts-nocheck")),
    ...survey(program),
  };
}

/** A block at the cell's end that reads as an object literal is one. */
function withObjectLiteral(source: string, cell: ParsedCell): ParsedCell {
  const last: Node | undefined = cell.program["body"].at(-1);
  if (last?.type !== "BlockStatement") return cell;
  if (parse(`(${cell.text.slice(last.start, last.end)})`, "ts").faults.length > 0) return cell;
  const wrapped = attempt(source, parentheses(last.start, last.end));
  return "program" in wrapped ? wrapped : cell;
}

/** `{ a: 1, b: 2 }` is no statement: tried from each line that opens a brace, the last one first. */
function objectLiteralOnly(source: string): ParsedCell | undefined {
  const end = source.trimEnd().replace(/;$/, "").length;
  if (source[end - 1] !== "}") return undefined;
  for (let at = source.lastIndexOf("{", end); at >= 0; at = at === 0 ? -1 : source.lastIndexOf("{", at - 1)) {
    const before = source.slice(0, at).trimEnd();
    if (
      before !== "" &&
      !before.endsWith(";") &&
      !before.endsWith("}") &&
      !source.slice(before.length, at).includes("\n")
    )
      continue;
    const wrapped = attempt(source, parentheses(at, end));
    if ("program" in wrapped && wrapped.result?.["expression"].type === "ParenthesizedExpression") return wrapped;
  }
  return undefined;
}

function parentheses(start: number, end: number): Edit[] {
  return [
    { start, end: start, text: "(" },
    { start: end, end, text: ")" },
  ];
}

function declarations(body: readonly Node[], text: string): Declared[] {
  const found = new Map<string, Declared>();
  const add = (name: string, more: Partial<Declared>): void => {
    const before = found.get(name);
    const one = { name, value: false, type: false, assignable: false, untyped: false, ...more };
    found.set(
      name,
      before ? { ...before, ...one, value: before.value || one.value, type: before.type || one.type } : one,
    );
  };
  for (const name of hoisted(body)) add(name, { value: true, assignable: true });
  for (const statement of body) {
    if (statement.type === "ImportDeclaration") addImports(statement, text, add);
    const node = unexported(statement);
    if (node.type === "VariableDeclaration") {
      for (const { id, init } of node["declarations"]) {
        for (const one of bound(id))
          add(one["name"], {
            value: true,
            assignable: node["kind"] === "let" || node["kind"] === "var",
            untyped: !init && !one["typeAnnotation"],
          });
      }
    } else if (node.type === "FunctionDeclaration" || node.type === "TSDeclareFunction") {
      if (node["id"]) add(node["id"].name, { value: true });
    } else if (node.type === "ClassDeclaration") {
      if (node["id"]) add(node["id"].name, { value: true, type: true, ...parameters(node, text) });
    } else if (node.type === "TSEnumDeclaration") add(node["id"].name, { value: true, type: true });
    else if (node.type === "TSModuleDeclaration" && node["id"].type === "Identifier" && node["kind"] !== "global")
      add(node["id"].name, { value: true, type: true });
    else if (node.type === "TSInterfaceDeclaration" || node.type === "TSTypeAliasDeclaration")
      add(node["id"].name, { type: true, ...parameters(node, text) });
  }
  return [...found.values()];
}

function parameters(node: Node, text: string): Pick<Declared, "parameters"> {
  const list: Node | null = node["typeParameters"];
  if (!list) return {};
  return {
    parameters: { text: text.slice(list.start, list.end), names: list["params"].map((one: Node) => one["name"].name) },
  };
}

function addImports(node: Node, text: string, add: (name: string, more: Partial<Declared>) => void): void {
  const onlyType = node["importKind"] === "type";
  const source: Node = node["source"];
  const attributes = text.slice(source.end, node.end).replace(/;\s*$/, "");
  for (const one of node["specifiers"] as Node[]) {
    const local: string = one["local"].name;
    const type = onlyType || one["importKind"] === "type";
    const imported: Node | undefined = one["imported"];
    const clause =
      one.type === "ImportNamespaceSpecifier"
        ? `* as ${local}`
        : one.type === "ImportDefaultSpecifier"
          ? local
          : `{ ${type && !onlyType ? "type " : ""}${text.slice(imported!.start, imported!.end)} as ${local} }`;
    add(local, {
      value: !type,
      type: true,
      repeat: { specifier: source["value"], clause: (onlyType ? "type " : "") + clause, attributes },
    });
  }
}

/** Evaluated parts of a declaration that use the name it declares. */
function earlierUses(statement: Node): ParsedCell["earlier"] {
  const node = unexported(statement);
  const found: { name: string; start: number; end: number; shorthand: boolean }[] = [];
  if (node.type === "VariableDeclaration" && node["kind"] !== "var") {
    for (const { id, init } of node["declarations"])
      if (init) evaluated(init, new Set(bound(id).map((one) => one["name"])), found);
  } else if (node.type === "ClassDeclaration" && node["id"] && node["superClass"])
    evaluated(node["superClass"], new Set([node["id"].name]), found);
  return found;
}

function evaluated(
  node: Node,
  names: ReadonlySet<string>,
  found: { name: string; start: number; end: number; shorthand: boolean }[],
  shorthand = false,
): void {
  if (
    isFunction(node) ||
    node.type === "ClassExpression" ||
    node.type === "TSTypeAnnotation" ||
    node.type === "TSTypeParameterInstantiation"
  )
    return;
  if (node.type === "Identifier" || node.type === "JSXIdentifier") {
    if (names.has(node["name"])) found.push({ name: node["name"], start: node.start, end: node.end, shorthand });
    return;
  }
  if (node.type === "MemberExpression") {
    evaluated(node["object"], names, found);
    if (node["computed"]) evaluated(node["property"], names, found);
    return;
  }
  if (node.type === "Property") {
    if (node["computed"]) evaluated(node["key"], names, found);
    return evaluated(node["value"], names, found, node["shorthand"]);
  }
  if (node.type === "TSAsExpression" || node.type === "TSSatisfiesExpression" || node.type === "TSTypeAssertion")
    return evaluated(node["expression"], names, found);
  for (const child of children(node)) evaluated(child, names, found);
}

function survey(program: Node): Pick<ParsedCell, "used" | "specifiers" | "exported" | "augments" | "needsLowering"> {
  const used = new Set<string>();
  const specifiers: Specifier[] = [];
  const exported = new Set<string>();
  let augments = false;
  let needsLowering = false;
  const specifier = (node: Node | null): void => {
    if (node?.type === "Literal" && typeof node["value"] === "string")
      specifiers.push({ value: node["value"], start: node.start, end: node.end });
  };
  const visit = (node: Node): void => {
    switch (node.type) {
      case "Identifier":
      case "JSXIdentifier":
        used.add(node["name"]);
        break;
      case "ImportDeclaration":
      case "ImportExpression":
      case "TSImportType":
      case "ExportAllDeclaration":
        specifier(node["source"]);
        break;
      case "ExportNamedDeclaration": {
        specifier(node["source"]);
        const declaration: Node | null = node["declaration"];
        if (declaration?.type === "VariableDeclaration")
          for (const { id } of declaration["declarations"]) for (const one of bound(id)) exported.add(one["name"]);
        else if (declaration?.["id"]?.name) exported.add(declaration["id"].name);
        for (const one of node["specifiers"]) exported.add(one["exported"].name ?? one["exported"].value);
        break;
      }
      case "TSModuleDeclaration":
        if (node["kind"] === "global" || node["id"].type === "Literal" || node["id"].name === "global") augments = true;
        if (node["id"].type === "Literal") specifier(node["id"]);
        break;
      case "TSGlobalDeclaration":
        augments = true;
        break;
      case "VariableDeclaration":
        if (node["kind"] === "using" || node["kind"] === "await using") needsLowering = true;
        break;
      case "Decorator":
      case "AccessorProperty":
        needsLowering = true;
        break;
    }
    if (node.type === "MemberExpression" && !node["computed"]) return visit(node["object"]);
    for (const child of children(node)) visit(child);
  };
  visit(program);
  return { used, specifiers, exported, augments, needsLowering };
}
