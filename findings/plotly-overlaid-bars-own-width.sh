#!/usr/bin/env bash
# plotly.js 4.1.1: with barmode "overlay" a bar is as wide as its own trace's bars are apart, those of another are not.
#
# A timeline is drawn as bars, a trace for each category, a row for each thread, laid over each other. One would expect
# bars of rows 1 apart to be 0.8 wide, as with "group" and "stack", which look at the places of all traces. With
# "overlay" each trace is looked at alone: a category with bars in rows 0 and 3 has bars 2.4 wide, which cover the rows
# between. So a `width` is given with each trace, in units of the axis.
#
# Seen with plotly.js-dist 4.1.1 in jsdom 26.1.0, Node 20.20.2, Linux; a browser draws it so too. No step depends on the
# processor. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent plotly.js-dist@4.1.1 jsdom@26.1.0
cat > try.cjs <<'JS'
const { readFileSync } = require("node:fs");
const { window } = new (require("jsdom").JSDOM)("<div></div>", { runScripts: "outside-only", pretendToBeVisual: true });
Object.assign(window, { TextDecoder, TextEncoder }); // what jsdom lacks, and plotly asks for
window.URL.createObjectURL = () => "";
window.HTMLCanvasElement.prototype.getContext = () => null;
window.SVGElement.prototype.getBBox = () => ({ x: 0, y: 0, width: 10, height: 10 });
window.SVGElement.prototype.getComputedTextLength = () => 10;
window.eval(readFileSync(require.resolve("plotly.js-dist"), "utf8"));

(async () => {
  const on = window.document.querySelector("div");
  const bars = (x) => ({ type: "bar", x, y: x.map(() => 1) });
  for (const barmode of ["overlay", "group", "stack"]) {
    await window.Plotly.newPlot(on, [bars([0, 3]), bars([0, 1, 2, 3])], { barmode, width: 700, height: 400 });
    const widths = on.calcdata.map(([first]) => first.t.barwidth ?? first.w);
    console.log(`${barmode}: bars at 0, 3 are ${widths[0].toFixed(1)} wide, at 0, 1, 2, 3 ${widths[1].toFixed(1)}`);
  }
})();
JS
seen=$(node try.cjs 2> errors) || { cat errors; exit 1; }
echo "plotly.js-dist $(node -p 'require("plotly.js-dist/package.json").version'), Node $(node --version):"
echo "$seen"
expected="overlay: bars at 0, 3 are 2.4 wide, at 0, 1, 2, 3 0.8
group: bars at 0, 3 are 0.4 wide, at 0, 1, 2, 3 0.4
stack: bars at 0, 3 are 0.8 wide, at 0, 1, 2, 3 0.8"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
