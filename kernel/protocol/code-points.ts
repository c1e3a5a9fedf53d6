/**
 * Jupyter counts cursors in Unicode code points, JavaScript in UTF-16 units: "😀" is one of the first and two of the
 * second.
 */

/** UTF-16 offset of the code point at `position`; beyond the end it is the end. */
export function toOffset(text: string, position: number): number {
  let offset = 0;
  for (let left = position; left > 0 && offset < text.length; left--)
    offset += text.codePointAt(offset)! > 0xffff ? 2 : 1;
  return offset;
}

/** Number of code points before the UTF-16 `offset`. */
export function toPosition(text: string, offset: number): number {
  let position = 0;
  for (let at = 0; at < offset && at < text.length; position++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return position;
}
