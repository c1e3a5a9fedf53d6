/** What a function's text refers to that it does not declare itself. */
import { parseSync } from "oxc-parser";

/** A node of oxc's tree; its other keys depend on its type. */
interface Node {
  readonly type: string;
  // oxc types each node by itself; a walker reads many kinds through one shape
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly [key: string]: any;
}

type Scope = Set<string>;

/**
 * @param expression JavaScript of one expression
 * @returns names in the order in which they come, `this` among them where an arrow function takes it from outside
 * @throws SyntaxError for what is no expression
 */
export function freeVariables(expression: string): string[] {
  const { program, errors } = parseSync("trial.js", `(${expression}\n)`, { lang: "js", sourceType: "module" });
  if (errors[0]) throw new SyntaxError(errors[0].message);
  const found = new Set<string>();
  visit(program as unknown as Node, [], found);
  return [...found];
}

function visit(node: Node | null, scopes: readonly Scope[], found: Set<string>): void {
  if (!node) return;
  const all = (nodes: Iterable<Node | null>, inner = scopes): void => {
    for (const one of nodes) visit(one, inner, found);
  };
  switch (node.type) {
    case "Identifier":
      return note(node["name"], scopes, found);
    case "ThisExpression":
      return note("this", scopes, found);
    case "FunctionDeclaration":
    case "FunctionExpression":
    case "ArrowFunctionExpression":
      return visitFunction(node, scopes, found);
    case "ClassDeclaration":
    case "ClassExpression":
      return all([node["superClass"], node["body"]], [...scopes, new Set(["this", ...names(node["id"])])]);
    case "Program":
    case "BlockStatement":
    case "StaticBlock":
      return all(node["body"], [...scopes, lexical(node["body"])]);
    case "SwitchStatement": {
      visit(node["discriminant"], scopes, found);
      return all(node["cases"], [...scopes, lexical(node["cases"].flatMap((one: Node) => one["consequent"]))]);
    }
    case "ForStatement":
    case "ForInStatement":
    case "ForOfStatement":
      return all(children(node), [...scopes, lexical([node["init"] ?? node["left"]])]);
    case "CatchClause":
      return all([node["param"], node["body"]], [...scopes, new Set(names(node["param"]))]);
    case "MemberExpression":
      return all([node["object"], node["computed"] ? node["property"] : null]);
    case "Property":
    case "MethodDefinition":
    case "PropertyDefinition":
    case "AccessorProperty":
      return all([node["computed"] ? node["key"] : null, node["value"]]);
    case "LabeledStatement":
      return visit(node["body"], scopes, found);
    case "BreakStatement":
    case "ContinueStatement":
    case "MetaProperty":
      return;
    default:
      return all(children(node));
  }
}

function visitFunction(node: Node, scopes: readonly Scope[], found: Set<string>): void {
  const isArrow = node.type === "ArrowFunctionExpression";
  const body: readonly Node[] = node["body"]?.type === "BlockStatement" ? node["body"]["body"] : [];
  const own = new Set<string>([
    ...(isArrow ? [] : ["this", "arguments"]),
    ...(node.type === "FunctionExpression" ? names(node["id"]) : []),
    ...node["params"].flatMap(names),
    ...hoisted(body),
  ]);
  for (const one of [...node["params"], node["body"]]) visit(one, [...scopes, own], found);
}

function note(name: string, scopes: readonly Scope[], found: Set<string>): void {
  if (!scopes.some((scope) => scope.has(name))) found.add(name);
}

/** Names that a pattern binds. */
function names(pattern: Node | null | undefined): string[] {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern["name"]];
    case "ObjectPattern":
      return pattern["properties"].flatMap((one: Node) => names(one["value"] ?? one["argument"]));
    case "ArrayPattern":
      return pattern["elements"].flatMap(names);
    case "AssignmentPattern":
      return names(pattern["left"]);
    case "RestElement":
      return names(pattern["argument"]);
    default:
      return [];
  }
}

/** Names that a block declares for itself. */
function lexical(statements: readonly (Node | null | undefined)[]): Scope {
  return new Set(
    statements.flatMap((one) => {
      if (one?.type === "VariableDeclaration") return one["declarations"].flatMap(({ id }: Node) => names(id));
      return one?.type === "FunctionDeclaration" || one?.type === "ClassDeclaration" ? names(one["id"]) : [];
    }),
  );
}

/** Names that `var` declares anywhere within a function, inner functions apart. */
function hoisted(nodes: Iterable<Node>): string[] {
  return [...nodes].flatMap((node) => {
    if (/Function|^Class/.test(node.type)) return [];
    const own =
      node.type === "VariableDeclaration" && node["kind"] === "var"
        ? node["declarations"].flatMap(({ id }: Node) => names(id))
        : [];
    return [...own, ...hoisted(children(node))];
  });
}

function* children(node: Node): Generator<Node> {
  for (const value of Object.values(node)) {
    for (const one of Array.isArray(value) ? value : [value])
      if (typeof one === "object" && one !== null && typeof one.type === "string") yield one;
  }
}
