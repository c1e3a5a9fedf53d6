#!/usr/bin/env bash
# JupyterLab 4.6.6: in a notebook that is not trusted an SVG is shown as the text beside it.
#
# A figure's output holds what a page draws with scripts, and a still picture for where none runs: image/svg+xml beside
# text/plain. One would expect a notebook from someone else, which is not trusted, to show the picture. It shows the
# text: SVG is not among the types that JupyterLab calls safe. A PNG beside it is shown; but where there is text/html,
# that is taken before any picture.
#
# Seen with @jupyterlab/rendermime 4.6.6 (JupyterLab 4.6.6's own), jsdom 26.1.0, Node 20.20.2, Linux; no step depends on
# the processor. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent @jupyterlab/rendermime@4.6.6 jsdom@26.1.0 esbuild@0.28.2
npx esbuild node_modules/@jupyterlab/rendermime/lib/index.js --bundle --format=cjs --outfile=rendermime.cjs \
  --loader:.svg=text --loader:.css=empty --log-level=error
cat > try.cjs <<'END'
const { window } = new (require("jsdom").JSDOM)("", { url: "http://localhost/" });
const names = ["document", "DOMParser", "localStorage", "location", "navigator", "WebSocket"];
for (const name of ["Element", "Event", "HTMLElement", "KeyboardEvent", "MouseEvent", "Node"]) names.push(name);
globalThis.window = window;
for (const name of names) globalThis[name] ??= window[name];
globalThis.DragEvent ??= class {};
const { RenderMimeRegistry, standardRendererFactories } = require("./rendermime.cjs");
const registry = new RenderMimeRegistry({ initialFactories: standardRendererFactories });
for (const types of ["svg+xml", "svg+xml png", "svg+xml png html"]) {
  const all = [...types.split(" ").map((type) => (type === "html" ? "text/html" : `image/${type}`)), "text/plain"];
  const bundle = Object.fromEntries(all.map((type) => [type, ""]));
  const shown = ["any", "ensure"].map((safe) => registry.preferredMimeType(bundle, safe));
  console.log(`${all.join(", ")}: trusted ${shown[0]}, not trusted ${shown[1]}`);
}
END
seen=$(node try.cjs)
echo "@jupyterlab/rendermime $(node -p 'require("./node_modules/@jupyterlab/rendermime/package.json").version')," \
  "Node $(node --version):"
echo "$seen"
expected='image/svg+xml, text/plain: trusted image/svg+xml, not trusted text/plain
image/svg+xml, image/png, text/plain: trusted image/svg+xml, not trusted image/png
image/svg+xml, image/png, text/html, text/plain: trusted text/html, not trusted text/html'
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
