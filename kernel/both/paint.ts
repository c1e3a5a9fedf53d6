/** ANSI colours that front ends of Jupyter draw in light and in dark themes. */
const paint =
  (open: number, close: number) =>
  (text: string): string =>
    `\u001b[${open}m${text}\u001b[${close}m`;

export const red = paint(31, 39);
export const green = paint(32, 39);
export const yellow = paint(33, 39);
export const dim = paint(2, 22);
export const bold = paint(1, 22);

/** `text` without colours. */
export function plain(text: string): string {
  return text.replace(/\u001b\[[0-9;]*m/g, "");
}
