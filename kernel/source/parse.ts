/** What a cell declares and uses, from its syntax tree. */
import { bound, children, isFunction, parse, unexported, type Node, type SyntaxFault } from "./ast.js";
import { declarations, type Declared } from "./declared.js";
import { EditedText, type Edit } from "./edits.js";

/** A specifier in quotes. */
interface Specifier {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** A cell's text, tree and names. */
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

/** Parses a cell; one that is an object literal as a whole is taken for that and not for a block. */
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
