/** Hints for errors that come of a habit: Python's, a forgotten await, a literal that lost its type. */
import {
  FUNCTIONS,
  MAGICS,
  MODULES,
  NAMES,
  NPM,
  OPERATORS,
  SHELL,
  TENSOR_METHODS,
  TYPES,
  WORDS,
} from "./hint-words.js";

/** Where a finding stands, as the rules of the table ask about it. */
export interface Place {
  readonly message: string;
  /** The text that it is about. */
  readonly text: string;
  /** Its line, and what of that stands before and behind its start. */
  readonly line: string;
  readonly before: string;
  readonly after: string;
  /** The cell, or the file. */
  readonly source: string;
  /** Whether a package's types are in sight, so that a value may be a tensor. */
  readonly mayBeTensor: boolean;
}

/** One row of the table: for findings with these codes, a line or none. */
export interface HintRule {
  /** "SyntaxError", or the checker's codes. */
  readonly codes: RegExp;
  /** Asked about the line above too: the parser may miss what is missing only at the next word. */
  readonly above?: boolean;
  readonly hint: (place: Place) => string | undefined;
}

const SYNTAX = /^SyntaxError$/;
const UNKNOWN_NAME = /^TS(?:2304|2552|2503)$/;
const AWAIT = "Did you forget to use 'await'?";
const OPERATOR = /\*\*|[=!]==?|[<>]=?|[-+*/%]/;
const TENSOR = /'(?:[^' ]*\.)?(?:Tensor(?:[1-6]D)?|Scalar|Variable)(?:<[^']*>)?'/;

/** The first rule that answers is taken. */
export const HINTS: readonly HintRule[] = [
  { codes: /^(?:SyntaxError|TS2304|TS2552|TS2362)$/, hint: ({ line }) => shell(line) },
  { codes: SYNTAX, hint: ({ message }) => MAGICS.get(/^Unknown magic %+(\w+)/.exec(message)?.[1] ?? "") },
  { codes: SYNTAX, hint: trailingComment },
  { codes: SYNTAX, above: true, hint: ({ line }) => pythonLine(line) },
  { codes: SYNTAX, hint: word },
  { codes: UNKNOWN_NAME, hint: unknownName },
  { codes: /^TS2307$/, hint: ({ text }) => MODULES.get(text.replaceAll(/["']/g, "")) },
  { codes: /^TS(?:7006|7031)$/, hint: parameter },
  { codes: /^TS(?:7005|7034)$/, hint: variable },
  { codes: /^TS(?:2322|2345)$/, hint: widened },
  { codes: /^TS/, hint: tensor },
  { codes: /^TS(?:2362|2363)$/, hint: arithmetic },
  { codes: /^TS/, hint: promise },
];

function shell(line: string): string | undefined {
  const command = /^\s*!\s*([a-z][\w.-]*)(?:\s+[\w./~$-].*)?\s*$/.exec(line)?.[1];
  const said = command ?? /^\s*(pip3?|npm|git|cd|ls|wget|curl)\s+[\w./~-]/.exec(line)?.[1];
  if (said === undefined) return undefined;
  return said.startsWith("pip") ? NPM : SHELL;
}

function trailingComment({ before, after }: Place): string | undefined {
  return before.endsWith("#") || /^\s?#/.test(after) ? "a comment begins with `//`" : undefined;
}

/** A line that is a statement of Python's, or of IPython's. */
function pythonLine(line: string): string | undefined {
  if (/^\s*#(?:\s|[^\s=;:(!]*(?:\s[^=;:(]*)?$)/.test(line)) return "a comment begins with `//`";
  if (/^\s*(?:[\w$.]+\?{1,2}|\?{1,2}[\w$.]+)\s*$/.test(line))
    return "Shift+Tab at a name, or the pointer on it, shows its documentation";
  return importLine(line) ?? block(line);
}

function importLine(line: string): string | undefined {
  const from = /^\s*from\s+([\w.]+)\s+import\s+\(?([\w\s,*]+)/.exec(line);
  const whole = /^\s*import\s+([\w.]+)(?:\s+as\s+(\w+))?\s*(?:[,#].*)?$/.exec(line);
  const module = from?.[1] ?? whole?.[1];
  if (module === undefined) return undefined;
  const known = MODULES.get(module.split(".")[0]!);
  if (known !== undefined) return known;
  const all = whole?.[2] ?? module.split(".").at(-1)!;
  const names = from === null || from[2]!.includes("*") ? `* as ${all}` : `{ ${from[2]!.trim().replace(/,$/, "")} }`;
  return `\`import ${names} from "${module.replaceAll(".", "/")}"\``;
}

/** A line that opens a block with a colon, or another statement of Python's. */
function block(line: string): string | undefined {
  const [, async = "", name, parameters = ""] = /^\s*(async\s+)?def\s+(\w+)\s*\(([^)]*)/.exec(line) ?? [];
  if (name !== undefined) {
    const names = parameters.split(",").map((one) => /\w+/.exec(one)?.[0] ?? "");
    const typed = names.filter((one) => one !== "" && one !== "self").map((one) => `${one}: number`);
    return `\`${async}function ${name}(${typed.join(", ")}) { return …; }\`, each parameter with its type`;
  }
  const [, each, values] = /^\s*for\s+([\w,\s]+?)\s+in\s+(.+?)\s*:/.exec(line) ?? [];
  if (each !== undefined) return loop(each, values!);
  const [, keyword, condition] = /^\s*(if|while|elif)\s+([^\s(].*?|\(.*\))\s*:(?!.*[{?])/.exec(line) ?? [];
  if (keyword !== undefined) return `\`${keyword === "elif" ? "else if" : keyword} (${condition}) { … }\``;
  const [, own, base] = /^\s*class\s+(\w+)(?:\(([\w.]*)\))?\s*:/.exec(line) ?? [];
  if (own !== undefined) return `\`class ${own} ${base ? `extends ${base} ` : ""}{ … }\``;
  if (/^\s*(?:try|except\b.*|finally)\s*:/.test(line)) return "`try { … } catch (error) { … } finally { … }`";
  if (/^\s*else\s*:/.test(line)) return "`else { … }`";
  if (/^\s*raise\s+\w/.test(line)) return "`throw new Error(…)`";
  if (/\blambda\s+\w[\w,\s]*:/.test(line)) return "`(x) => …`";
  return /[[(].*\bfor\s+\w+\s+in\b/.test(line)
    ? "`xs.map((x) => …)`, with a condition `xs.filter((x) => …)`"
    : undefined;
}

function loop(each: string, values: string): string {
  const counted = /^range\(\s*([^,()]+?)\s*(?:,\s*([^,()]+?)\s*)?\)$/.exec(values);
  const [from, to] = counted?.[2] === undefined ? ["0", counted?.[1]] : [counted[1], counted[2]];
  if (to !== undefined) return `\`for (let ${each} = ${from}; ${each} < ${to}; ${each}++) { … }\``;
  const entries = /^enumerate\((\w+)\)$/.exec(values)?.[1];
  const names = each.includes(",") ? `[${each}]` : each;
  return `\`for (const ${names} of ${entries === undefined ? values : `${entries}.entries()`}) { … }\``;
}

function word({ before, after, message }: Place): string | undefined {
  if (/\bnot\s*$/.test(before)) return "`!`";
  if (/\b[fF]$/.test(before) && /^["']/.test(after)) return "a text with values in it is a template: `` `${x}` ``";
  if (message.startsWith("Expected `]` but found `:`"))
    return "`x.slice(begin, end)`, of a tensor `x.slice(begin, size)`";
  return message.startsWith("Expected") ? WORDS.find(([pattern]) => pattern.test(after))?.[1] : undefined;
}

function unknownName({ text: name, before, after }: Place): string | undefined {
  const behind = after.slice(name.length);
  if (NAMES.has(name)) return NAMES.get(name);
  if (FUNCTIONS.has(name) && /^\s*\(/.test(behind)) return FUNCTIONS.get(name);
  if (TYPES.has(name) && /:\s*$/.test(before)) return TYPES.get(name);
  if (!/^\s*=(?![=>])/.test(behind)) return undefined;
  if (/[\w)]\((?:[^(){}]*,)?\s*$/.test(before))
    return `arguments have no names here: an object takes their place, \`f({ ${name}: … })\``;
  if (!/(?:^|[;{}])\s*$/.test(before)) return undefined;
  const rest = behind.trim().replace(/;.*$/, "");
  return `declare it: \`let ${name} ${rest.length > 40 ? "= …" : rest}\`, or \`const\` if it stays what it is`;
}

function parameter({ text, source }: Place): string {
  const shape = /^\w+$/.test(text) ? `(${text}: number) => …` : "({ name }: { name: string }) => …";
  const nocheck = "; `// @ts-nocheck` on the cell's first line turns errors of types into warnings";
  return `give it a type: \`${shape}\`${source.includes("@ts-nocheck") ? "" : nocheck}`;
}

/** A variable that is read where the checker cannot follow what was put into it, as in a function. */
function variable({ message, source }: Place): string | undefined {
  const name = /^Variable '([^']+)'/.exec(message)?.[1];
  if (name === undefined) return undefined;
  const declaration = new RegExp(`\\b(const|let|var)\\s+${name.replaceAll("$", "\\$")}\\s*(?:=\\s*(\\w+))?`);
  const [, keyword = "let", value] = declaration.exec(source) ?? [];
  if (message.includes("any[]")) return `give it a type: \`${keyword} ${name}: number[] = []\``;
  return `give it a type: \`${keyword} ${name}: number | ${value === "null" ? "null = null" : "undefined"}\``;
}

/** A literal whose type became that of all strings or numbers where it was noted under a name. */
function widened({ message }: Place): string | undefined {
  const to = "' is not assignable to (?:parameter of )?type ";
  if (new RegExp(`'(?:string${to}'[^'{]*"|number${to}'-?\\d)`).test(message))
    return '`as const` behind the literal keeps its type: `{ name: "adamw" as const }`';
  const target = new RegExp(`\\w\\[\\]${to}'(readonly )?\\[`).exec(message);
  if (target === null) return undefined;
  return target[1] === undefined
    ? "an array is a tuple where its type says so: `const pair: [number, number] = [1, 2]`"
    : "`as const` behind the array keeps its length: `[32, 32, 3] as const`";
}

function tensor({ message, text }: Place): string | undefined {
  const [first = ""] = message.split("\n");
  if (!TENSOR.test(first)) return undefined;
  if (first.startsWith("Property ")) return TENSOR_METHODS.get(text);
  if (/to index type/.test(first))
    return "`x.slice(begin, size)` or `tf.gather(x, indices)`; as nested arrays `x.arraySync()`";
  const operator = /^Operator '([^']+)'/.exec(first)?.[1] ?? (/no overlap/.test(first) ? OPERATOR.exec(text)?.[0] : "");
  return operation(operator);
}

function arithmetic({ before, after, text, message, mayBeTensor }: Place): string | undefined {
  if (!mayBeTensor) return undefined;
  const beside = message.startsWith("The left") ? after.slice(text.length).trimStart() : before.trimEnd();
  const operator = /^(?:\*\*|[-*/%])/.exec(beside) ?? /(?:\*\*|[-*/%])$/.exec(beside);
  const found = operation(operator?.[0]);
  return found && `of tensors ${found}`;
}

function operation(operator = ""): string | undefined {
  const name = OPERATORS.get(operator);
  return name && `\`tf.${name}(a, b)\`, or \`a.${name}(b)\``;
}

/** A promise where its value was meant; the checker says so of some of these itself. */
function promise({ message }: Place): string | undefined {
  const given = message.replaceAll(/to (?:parameter of )?type '[^']*'/g, "");
  return /\btypes? '(?:[^']*' and ')?Promise</.test(given) ? AWAIT : undefined;
}
