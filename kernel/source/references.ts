/** What JavaScript refers to outside of its own inner scopes, and what else of it is rewritten before it runs. */
import { bound, children, isFunction, unexported, type Node } from "./ast.js";

interface Reference {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** `call`: it is called, so that an object put before it would become `this`. `shorthand`: `{ name }`. */
  readonly kind: "plain" | "call" | "shorthand";
}

/** What a module uses that the kernel has to rewrite. */
export interface References {
  /** Names of the module's own scope or of no scope of it. */
  readonly names: readonly Reference[];
  readonly awaits: readonly Node[];
  readonly forAwaits: readonly Node[];
  readonly metas: readonly Node[];
  readonly imports: readonly Node[];
}

interface VarDeclarator {
  readonly node: Node;
  /** At the head of `for … of` or `for … in`, which gives it its values. */
  readonly isLoops: boolean;
}

type Scope = ReadonlySet<string>;

/** Walks a module of plain JavaScript. */
export function findReferences(program: Node): References {
  const found = {
    names: [] as Reference[],
    awaits: [] as Node[],
    forAwaits: [] as Node[],
    metas: [] as Node[],
    imports: [] as Node[],
  };
  for (const statement of program["body"]) visit(statement, []);
  return found;

  function visit(node: Node | null, scopes: readonly Scope[], kind: Reference["kind"] = "plain"): void {
    if (!node) return;
    switch (node.type) {
      case "Identifier":
        if (!scopes.some((scope) => scope.has(node["name"])))
          found.names.push({ name: node["name"], start: node.start, end: node.end, kind });
        return;
      case "FunctionDeclaration":
      case "FunctionExpression":
      case "ArrowFunctionExpression":
        return visitFunction(node, scopes);
      case "ClassDeclaration":
      case "ClassExpression": {
        const inner =
          node["id"] && node.type === "ClassExpression" ? [...scopes, new Set<string>([node["id"].name])] : scopes;
        for (const decorator of node["decorators"] ?? []) visit(decorator, inner);
        visit(node["superClass"], inner);
        return visit(node["body"], inner);
      }
      case "BlockStatement":
      case "StaticBlock":
        return visitAll(node["body"], [...scopes, lexical(node["body"])]);
      case "SwitchStatement": {
        visit(node["discriminant"], scopes);
        const inner = [...scopes, lexical(node["cases"].flatMap((one: Node) => one["consequent"]))];
        return visitAll(node["cases"], inner);
      }
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement": {
        const head: Node | null = node["init"] ?? node["left"] ?? null;
        const inner =
          head?.type === "VariableDeclaration" && head["kind"] !== "var" ? [...scopes, lexical([head])] : scopes;
        if (node["await"]) found.forAwaits.push(node);
        for (const child of children(node)) visit(child, inner);
        return;
      }
      case "CatchClause":
        visitPattern(node["param"], [...scopes, names(bound(node["param"]))]);
        return visit(node["body"], [...scopes, names(bound(node["param"]))]);
      case "VariableDeclarator":
        visitPattern(node["id"], scopes);
        return visit(node["init"], scopes);
      case "MemberExpression":
        visit(node["object"], scopes);
        return node["computed"] ? visit(node["property"], scopes) : undefined;
      case "Property":
        if (node["computed"]) visit(node["key"], scopes);
        return visit(node["value"], scopes, node["shorthand"] ? "shorthand" : "plain");
      case "AssignmentPattern":
        visit(node["left"], scopes, kind);
        return visit(node["right"], scopes);
      case "PropertyDefinition":
      case "MethodDefinition":
      case "AccessorProperty":
        for (const decorator of node["decorators"] ?? []) visit(decorator, scopes);
        if (node["computed"]) visit(node["key"], scopes);
        return visit(node["value"], scopes);
      case "CallExpression":
        visit(node["callee"], scopes, "call");
        return visitAll(node["arguments"], scopes);
      case "TaggedTemplateExpression":
        visit(node["tag"], scopes, "call");
        return visit(node["quasi"], scopes);
      case "LabeledStatement":
        return visit(node["body"], scopes);
      case "BreakStatement":
      case "ContinueStatement":
      case "ImportDeclaration":
      case "ExportAllDeclaration":
        return;
      case "ExportNamedDeclaration":
        return visit(node["declaration"], scopes);
      case "MetaProperty":
        if (node["meta"].name === "import") found.metas.push(node);
        return;
      case "ImportExpression":
        found.imports.push(node);
        visit(node["source"], scopes);
        return visit(node["options"], scopes);
      case "AwaitExpression":
        found.awaits.push(node);
        return visit(node["argument"], scopes);
      default:
        for (const child of children(node)) visit(child, scopes);
    }
  }

  function visitAll(nodes: readonly (Node | null)[], scopes: readonly Scope[]): void {
    for (const node of nodes) visit(node, scopes);
  }

  function visitFunction(node: Node, scopes: readonly Scope[]): void {
    const own = new Set<string>();
    if (node.type !== "ArrowFunctionExpression") own.add("arguments");
    if (node.type === "FunctionExpression" && node["id"]) own.add(node["id"].name);
    for (const parameter of node["params"])
      for (const { name } of bound(parameter) as { name?: string }[]) own.add(name!);
    const body: Node | null = node["body"];
    if (body?.type === "BlockStatement") {
      for (const name of hoisted(body["body"])) own.add(name);
      for (const name of lexical(body["body"])) own.add(name);
    }
    const inner = [...scopes, own];
    for (const parameter of node["params"]) visitPattern(parameter, inner);
    if (body?.type === "BlockStatement") visitAll(body["body"], inner);
    else visit(body, inner);
  }

  /** A binding pattern: only its defaults and computed keys refer to anything. */
  function visitPattern(node: Node | null, scopes: readonly Scope[]): void {
    switch (node?.type) {
      case "ObjectPattern":
        for (const property of node["properties"]) {
          if (property["computed"]) visit(property["key"], scopes);
          visitPattern(property["value"] ?? property["argument"], scopes);
        }
        return;
      case "ArrayPattern":
        for (const element of node["elements"]) visitPattern(element, scopes);
        return;
      case "AssignmentPattern":
        visitPattern(node["left"], scopes);
        return visit(node["right"], scopes);
      case "RestElement":
        return visitPattern(node["argument"], scopes);
    }
  }
}

/** What each name of the top level uses in the statements that declare it. */
export function usesByName(body: readonly Node[], names: References["names"]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  const inOrder = names.toSorted((a, b) => a.start - b.start);
  let at = 0;
  for (const statement of body) {
    const from = at;
    while (at < inOrder.length && inOrder[at]!.start < statement.end) at++;
    const used = inOrder.slice(from, at).map(({ name }) => name);
    for (const own of [...hoisted([statement]), ...lexical([statement])])
      found.set(own, new Set([...(found.get(own) ?? []), ...used]));
  }
  return found;
}

function names(identifiers: readonly Node[]): Set<string> {
  return new Set(identifiers.map((node) => node["name"] as string));
}

/** Names that a list of statements declares for its own block. */
function lexical(statements: readonly Node[]): Set<string> {
  const found = new Set<string>();
  for (const statement of statements) {
    const node = unexported(statement);
    if (node.type === "VariableDeclaration" && node["kind"] !== "var")
      for (const { id } of node["declarations"]) for (const one of bound(id)) found.add(one["name"]);
    else if ((node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") && node["id"])
      found.add(node["id"].name);
  }
  return found;
}

/** Names of `var` declarations anywhere in the statements, inner functions left out. */
export function hoisted(statements: readonly Node[]): Set<string> {
  return names(varDeclarators(statements).flatMap(({ node }) => bound(node["id"])));
}

/** What `var` declares anywhere in the statements, inner functions left out. */
export function varDeclarators(statements: readonly Node[]): readonly VarDeclarator[] {
  const found: VarDeclarator[] = [];
  const visit = (node: Node, isLoops = false): void => {
    if (isFunction(node) || node.type === "ClassBody") return;
    if (node.type === "VariableDeclaration" && node["kind"] === "var")
      for (const one of node["declarations"]) found.push({ node: one, isLoops });
    const isLoop = node.type === "ForInStatement" || node.type === "ForOfStatement";
    for (const child of children(node)) visit(child, isLoop && child === node["left"]);
  };
  for (const statement of statements) visit(statement);
  return found;
}
