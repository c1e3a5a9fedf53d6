#!/usr/bin/env bash
# tslab 1.0.22: a cell that declares a name of two leading underscores does not run.
#
# `const __two = 2;`, a function, a class, a type or an import so named: each is refused with "Cannot find name
# '___two'", of three underscores, a name that is nowhere in the cell. TypeScript's compiler keeps a name that begins
# with two underscores with one more in front of them (`Symbol.escapedName`), so that none meets its own `__proto__` and
# the like, and has `symbolName` and `unescapeLeadingUnderscores` to read it; tslab reads the kept form and exports the
# cell's names by it. One underscore is no harm, nor are two inside of a function or a loop, where nothing is exported:
# `const { a: _, b: __, ...rest } = …`, usual for leaving properties out, runs in a loop and is refused at the top.
#
# Seen with tslab 1.0.22 on Node 20.20.2, Linux. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent tslab@1.0.22
cat > cells.cjs << 'JS'
const { createConverter } = require("tslab/dist/converter.js"); // what tslab's kernel hands each cell to

const converter = createConverter({ isJS: false, isBrowser: false });
for (const source of [
  "const _one = 1;",
  "const __two = 2;",
  "function __f() {}",
  "class __C {}",
  "type __T = number;",
  "import * as __path from 'path';",
  "const { a: _, b: __, ...rest } = { a: 1, b: 2, c: 3 };",
  "for (const { a: _, b: __, ...rest } of [{ a: 1, b: 2, c: 3 }]) rest.c;",
]) {
  const { diagnostics = [] } = converter.convert("", source);
  console.log(`${source} ${diagnostics.length === 0 ? "runs" : diagnostics[0].messageText.split("?")[0]}`);
}
process.exit(0);
JS
seen=$(node --experimental-vm-modules cells.cjs 2> /dev/null)
echo "tslab $(node -p 'require("tslab/package.json").version'), Node $(node --version):"
echo "$seen"
expected="const _one = 1; runs
const __two = 2; Cannot find name '___two'. Did you mean '__two'
function __f() {} Cannot find name '___f'. Did you mean '__f'
class __C {} Cannot find name '___C'. Did you mean '__C'
type __T = number; Cannot find name '___T'.
import * as __path from 'path'; Cannot find name '___path'. Did you mean '__path'
const { a: _, b: __, ...rest } = { a: 1, b: 2, c: 3 }; Cannot find name '___'.
for (const { a: _, b: __, ...rest } of [{ a: 1, b: 2, c: 3 }]) rest.c; runs"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
