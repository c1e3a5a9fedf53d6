/** The names that a cell declares. */
import { bound, isFunction, unexported, type Node } from "./ast.js";
import { varDeclarators } from "./references.js";

/** How a name was declared; decides how later cells see it. */
export interface Declared {
  readonly name: string;
  /** What it is; undefined where an import would have to be looked up. */
  readonly kind?: "variable" | "function" | "class" | "enum" | "module" | "interface";
  readonly value: boolean;
  readonly type: boolean;
  /** Later cells may assign to it. */
  readonly assignable: boolean;
  /** What later cells see of a variable whose type the checker knows by control flow alone, within its own cell. */
  readonly untyped: "any" | "any[]" | undefined;
  /** Type parameters of a type or interface, as written, and their names. */
  readonly parameters?: { readonly text: string; readonly names: readonly string[] };
  /** For an import, the statement that repeats it in later cells. */
  readonly repeat?: {
    readonly specifier: string;
    readonly clause: string;
    readonly attributes: string;
    /** The name that it has there; undefined for a namespace. */
    readonly imported: string | undefined;
  };
}

/** What a cell's statements declare at its top level; a name declared twice stands once. */
export function declarations(body: readonly Node[], text: string): Declared[] {
  const found = new Map<string, Declared>();
  const add = (name: string, more: Partial<Declared>): void => {
    const before = found.get(name);
    const one = { name, value: false, type: false, assignable: false, untyped: undefined, ...more };
    found.set(
      name,
      before ? { ...before, ...one, value: before.value || one.value, type: before.type || one.type } : one,
    );
  };
  for (const { node, isLoops } of varDeclarators(body)) {
    const untyped = isLoops ? undefined : untypedAs(node);
    for (const { name } of bound(node["id"]) as { name?: string }[])
      add(name!, { kind: "variable", value: true, assignable: true, untyped });
  }
  for (const statement of body) {
    if (statement.type === "ImportDeclaration") addImports(statement, text, add);
    const node = unexported(statement);
    if (node.type === "VariableDeclaration") {
      const assignable = node["kind"] === "let" || node["kind"] === "var";
      for (const declarator of node["declarations"]) {
        const { id, init } = declarator;
        // the checker takes an exported one's type from its value, whatever that is
        const untyped = init && node !== statement ? undefined : untypedAs(declarator, assignable);
        for (const one of bound(id))
          add(one["name"], {
            kind: init && isFunction(init) && one === id ? "function" : "variable",
            value: true,
            assignable,
            untyped,
          });
      }
    } else if (node.type === "FunctionDeclaration" || node.type === "TSDeclareFunction") {
      if (node["id"]) add(node["id"].name, { kind: "function", value: true });
    } else if (node.type === "ClassDeclaration") {
      if (node["id"]) add(node["id"].name, { kind: "class", value: true, type: true, ...parameters(node, text) });
    } else if (node.type === "TSEnumDeclaration") add(node["id"].name, { kind: "enum", value: true, type: true });
    else if (node.type === "TSModuleDeclaration" && node["id"].type === "Identifier" && node["kind"] !== "global")
      add(node["id"].name, { kind: "module", value: true, type: true });
    else if (node.type === "TSInterfaceDeclaration" || node.type === "TSTypeAliasDeclaration")
      add(node["id"].name, { kind: "interface", type: true, ...parameters(node, text) });
  }
  return [...found.values()];
}

/** The type of a variable without one of its own whose value tells none: nothing, `[]`, or null that may change. */
function untypedAs({ id, init }: Node, assignable = true): Declared["untyped"] {
  if (id.type !== "Identifier" || id.typeAnnotation) return undefined;
  if (!init) return "any";
  if (init.type === "ArrayExpression") return init.elements.length === 0 ? "any[]" : undefined;
  let value: Node = init;
  while (value.type === "ParenthesizedExpression") value = value["expression"];
  const isNone = value["raw"] === "null" || (value.type === "Identifier" && value["name"] === "undefined");
  return isNone && assignable ? "any" : undefined;
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
    const name = one.type === "ImportDefaultSpecifier" ? "default" : (imported?.["name"] ?? imported?.["value"]);
    add(local, {
      value: !type,
      type: true,
      repeat: { imported: name, specifier: source["value"], clause: (onlyType ? "type " : "") + clause, attributes },
    });
  }
}
