/** Figures: plain data in, a plotly figure out that also writes itself as text. */
export type { Figure } from "./figure.js";
export { lines, type LinesOptions, type LineSeries } from "./lines.js";
