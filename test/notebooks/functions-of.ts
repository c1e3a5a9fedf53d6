import { parseSync } from "oxc-parser";

/**
 * The texts of all functions in a cell: declared, arrows, methods.
 * @throws SyntaxError for a cell that does not parse
 */
export function functionsOf(source: string): string[] {
  const found: string[] = [];
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) return value.forEach(visit);
    if (typeof value !== "object" || value === null) return;
    const { type, start, end } = value as { type?: string; start?: number; end?: number };
    if (/^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type ?? ""))
      found.push(source.slice(start, end));
    Object.values(value).forEach(visit);
  };
  const { program, errors } = parseSync("cell.ts", source, { lang: "ts", sourceType: "module" });
  if (errors[0]) throw new SyntaxError(errors[0].message);
  visit(program);
  return found;
}
