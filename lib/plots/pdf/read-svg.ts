import { unescapeText } from "../text-width.js";

/** One element of a still picture. */
export interface Shape {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Shape[];
  /** What stands between its tags, where that is no element. */
  text: string;
}

/** The elements of an SVG text that this library wrote, which has no comments, scripts or style sheets. */
export function readSvg(svg: string): Shape {
  const root: Shape = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  for (const [, closing, name, attributes, empty, text] of svg.matchAll(/<(\/)?(\w+)([^<>]*?)(\/)?>|([^<>]+)/g)) {
    const parent = open.at(-1)!;
    if (text !== undefined) parent.text += unescaped(text);
    else if (closing) open.pop();
    else {
      const pairs = [...attributes!.matchAll(/([\w:-]+)="([^"]*)"/g)].map(([, key, value]) => [
        key!,
        unescaped(value!),
      ]);
      const shape: Shape = { name: name!, attributes: Object.fromEntries(pairs), children: [], text: "" };
      parent.children.push(shape);
      if (!empty) open.push(shape);
    }
  }
  return root.children[0]!;
}

function unescaped(text: string): string {
  return unescapeText(text.replace(/&quot;/g, '"'));
}

/** An attribute's number. */
export function numberOf({ attributes }: Shape, name: string, otherwise = 0): number {
  const value = attributes[name];
  return value === undefined ? otherwise : Number(value);
}
