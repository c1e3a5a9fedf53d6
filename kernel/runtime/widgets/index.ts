/** `widgets` in a cell. */
export { anywidget } from "./anywidget.js";
export { button, checkbox, column, htmlBox as html, progress, row, slider, text } from "./controls.js";
