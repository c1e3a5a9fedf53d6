#!/usr/bin/env bash
# tslab 1.0.22: an earlier cell's variable in shorthand, `{ count }`, type-checks and is not defined at run time.
#
# `{ count: count }` works, `{ count }` does not: a name of an earlier cell becomes a property of an object that holds
# that cell's exports wherever it is read, and a shorthand property is left as it is. The type check sees nothing wrong.
# It is so for each import, constant, function and class of an earlier cell. What helps: write the property's value out.
#
# Seen with tslab 1.0.22 on Node 20.20.2, Linux. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent tslab@1.0.22
cat > session.cjs << 'JS'
const { createConverter } = require("tslab/dist/converter.js");
const { createExecutor } = require("tslab/dist/executor.js"); // what tslab's kernel hands each cell to

const said = [];
const shown = {
  log: (value) => said.push(JSON.stringify(value)),
  error: (...values) => said.push(values.at(-1)?.message ?? values.at(-1)), // a type error's text comes last
};
const converter = createConverter({ isJS: false, isBrowser: false });
const executor = createExecutor(process.cwd(), { node: converter, browser: converter }, shown);
const cells = [
  'import { sep } from "node:path";\nconst count = 3;\nfunction double(x: number) { return 2 * x; }\nclass Box {}',
  "({ count: count }).count",
  "({ count }).count",
  "({ sep }).sep",
  "({ double }).double(1)",
  "new ({ Box }).Box()",
  "({ cuont: count }).count",
  "const own = 4;\n({ own }).own",
];
(async () => {
  for (const cell of cells) {
    const passed = await executor.execute(cell);
    console.log(`${cell.split("\n").at(-1)}: ${passed ? "passed" : "failed"} ${said.splice(0).join("; ")}`.trim());
  }
  process.exit(0);
})();
JS
seen=$(node --experimental-vm-modules session.cjs 2> /dev/null)
echo "tslab $(node -p 'require("tslab/package.json").version'), Node $(node --version):"
echo "$seen"
expected="class Box {}: passed
({ count: count }).count: passed 3
({ count }).count: failed count is not defined
({ sep }).sep: failed sep is not defined
({ double }).double(1): failed double is not defined
new ({ Box }).Box(): failed Box is not defined
({ cuont: count }).count: failed Property 'count' does not exist on type '{ cuont: number; }'. Did you mean 'cuont'?
({ own }).own: passed 4"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
