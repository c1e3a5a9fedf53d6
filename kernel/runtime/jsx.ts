/**
 * JSX in cells: `h` and `Fragment` make elements that show themselves as HTML. Where React is in sight, its factory is
 * used.
 */
import { escapeHtml } from "./values/safe.js";

/** What `h` makes of JSX. */
export interface Element {
  readonly type: string | symbol | ((props: Record<string, unknown>) => unknown);
  readonly props: Readonly<Record<string, unknown>>;
}

/** Groups children without an element around them. */
export const Fragment = Symbol.for("Jupyter.fragment");

const VOID: ReadonlySet<string> = new Set([
  "area",
  "base",
  "br",
  "col",
  "embed",
  "hr",
  "img",
  "input",
  "link",
  "meta",
  "source",
  "track",
  "wbr",
]);

/** `<type {...props}>{...children}</type>` */
export function element(type: Element["type"], props: Record<string, unknown> | null, ...children: unknown[]): Element {
  const made = { type, props: { ...props, ...(children.length > 0 ? { children } : {}) } };
  Object.defineProperty(made, Symbol.for("Jupyter.display"), {
    value: () => ({ "text/html": toHtml(made), "text/plain": toHtml(made) }),
  });
  return made;
}

function toHtml(node: unknown): string {
  if (node === null || node === undefined || typeof node === "boolean") return "";
  if (Array.isArray(node)) return node.map(toHtml).join("");
  if (typeof node !== "object" || !("type" in node) || !("props" in node)) return escapeHtml(String(node));
  const { type, props } = node as Element;
  if (typeof type === "function") return toHtml(type({ ...props }));
  if (type === Fragment) return toHtml(props["children"]);
  const attributes = Object.entries(props)
    .filter(
      ([name, value]) =>
        name !== "children" && value !== false && value !== null && value !== undefined && typeof value !== "function",
    )
    .map(([name, value]) => {
      if (value === true) return ` ${attribute(name)}`;
      const text = name === "style" && typeof value === "object" ? style(value as object) : String(value);
      return ` ${attribute(name)}="${escapeHtml(text)}"`;
    })
    .join("");
  const opening = `<${String(type)}${attributes}>`;
  return VOID.has(String(type)) ? opening : `${opening}${toHtml(props["children"])}</${String(type)}>`;
}

function attribute(name: string): string {
  return name === "className" ? "class" : name === "htmlFor" ? "for" : name;
}

function style(rules: object): string {
  return Object.entries(rules)
    .map(([name, value]) => `${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}: ${String(value)}`)
    .join("; ");
}
