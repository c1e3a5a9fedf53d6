import { PALETTE } from "../../style.js";

/**
 * The style sheet of a confusion grid's view, which stands in a shadow tree: it touches nothing outside, and nothing
 * outside touches it but the colors of JupyterLab's theme or of VS Code's, where there is one; else the reader's own
 * preference decides.
 */
export const GRID_STYLE = `
:host { display: block; max-width: 760px; margin: 0; }
.root {
  all: initial;
  display: block;
  --ink: var(--jp-content-font-color1, var(--vscode-editor-foreground, #1b1b1b));
  --paper: var(--jp-layout-color0, var(--vscode-editor-background, #ffffff));
  --line: color-mix(in srgb, var(--ink) 30%, transparent);
  --right: ${PALETTE[0]};
  --wrong: ${PALETTE[1]};
  position: relative;
  box-sizing: border-box;
  padding: 12px;
  color: var(--ink);
  background: var(--paper);
  font: 12px/1.35 "Open Sans", Verdana, "DejaVu Sans", Arial, sans-serif;
  text-align: left;
}
@media (prefers-color-scheme: dark) {
  .root {
    --ink: var(--jp-content-font-color1, var(--vscode-editor-foreground, #e8e8e8));
    --paper: var(--jp-layout-color0, var(--vscode-editor-background, #111111));
  }
}
p { margin: 0 0 4px; }
.title { font-size: 16px; }
.note { font-size: 11px; opacity: 0.8; overflow-wrap: anywhere; }
.tools { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; margin: 8px 0; }
select, button {
  font: inherit;
  color: inherit;
  background: var(--paper);
  border: 1px solid var(--line);
  border-radius: 3px;
  padding: 3px 8px;
  max-width: 200px;
}
option { color: #1b1b1b; background: #ffffff; }
button { cursor: pointer; }
button:disabled { opacity: 0.45; cursor: default; }
.status { margin: 0; flex: 1 1 220px; }
.table { position: relative; }
.row { display: grid; grid-template-columns: minmax(44px, 104px) repeat(var(--columns), minmax(0, 1fr)); }
canvas { display: block; }
.table > canvas { position: absolute; left: 0; top: 0; width: 100%; height: 100%; pointer-events: none; }
[data-row] { box-sizing: border-box; cursor: pointer; touch-action: manipulation; user-select: none; }
.head { overflow: hidden; padding: 2px 4px; text-overflow: ellipsis; }
.down { display: flex; align-items: center; justify-content: flex-end; }
.down span { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.across { padding: 2px 0; line-height: 1.1; display: flex; align-items: flex-end; justify-content: center; }
.across span { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 104px; overflow: hidden;
  text-overflow: ellipsis; white-space: nowrap; }
.across[data-column="0"] span { writing-mode: horizontal-tb; transform: none; font-size: 10px; white-space: normal; }
.cell { min-width: 0; aspect-ratio: 1 / 1.24; border: 0 solid var(--paper); border-width: 0 1px 1px 0;
  text-align: center; overflow: hidden; font-size: 11px; line-height: 14px; }
.right { background: color-mix(in srgb, var(--right) var(--share), transparent); }
.wrong { background: color-mix(in srgb, var(--wrong) var(--share), transparent); }
[data-row]:hover { outline: 1px solid var(--ink); outline-offset: -1px; }
[aria-selected="true"][data-row] { outline: 2px solid var(--ink); outline-offset: -2px; }
:focus-visible { outline: 3px solid var(--right) !important; outline-offset: -2px !important; }
.gallery { position: relative; margin-top: 10px; max-height: 300px; overflow-y: auto; touch-action: pan-y; }
.gallery > div { position: relative; }
.gallery canvas { position: sticky; top: 0; width: 100%; }
.marked { position: absolute; box-sizing: border-box; pointer-events: none; }
.gallery:focus .marked { border: 3px solid var(--right); }
.lens { position: absolute; z-index: 1; box-sizing: border-box; padding: 8px; pointer-events: none;
  color: var(--ink); background: var(--paper); border: 2px solid var(--right); border-radius: 4px;
  box-shadow: 0 2px 8px rgba(0, 0, 0, 0.4); min-width: 180px; max-width: 220px; overflow-wrap: anywhere; }
.lens.wrong { background: var(--paper); border-color: var(--wrong); }
.lens canvas { margin: 0 auto 6px; }
[hidden] { display: none !important; }
@container (max-width: 560px) {
  .cell { font-size: 9px; }
  .across { font-size: 11px; }
  .row { grid-template-columns: minmax(40px, 72px) repeat(var(--columns), minmax(0, 1fr)); }
}
:host { container-type: inline-size; }
`;
