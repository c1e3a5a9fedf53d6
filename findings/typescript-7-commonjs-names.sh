#!/usr/bin/env bash
# TypeScript 7.0.2: of a CommonJS file it finds by name what Node cannot import, and not what Node can.
#
# A .cjs file whose export is a function (or a class) with more names on it can be written in two ways:
#   module.exports = draw; module.exports.width = 5;      (A)
#   draw.width = 5; module.exports = draw;                (B)
# Node finds the names of a CommonJS file by reading its text: `import { width }` works for A, and is a SyntaxError for
# B. TypeScript 5.9.3 (allowJs) accepts the import from both. TypeScript 7.0.2 accepts it from B alone: for A it says
# TS2305, "has no exported member 'width'", and the default import's .width is TS2339. So who rewrites A as B until the
# compiler is content has a program that does not start. `exports.width = 5`, with no export of its own, both find.
#
# Seen with TypeScript 7.0.2 and 5.9.3 on Node 20.20.2, Linux; no step depends on the processor. Exit status 0 while it
# is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent seven@npm:typescript@7.0.2 five@npm:typescript@5.9.3
echo 'function draw() {} module.exports = draw; module.exports.width = 5;' > a.cjs
echo 'function draw() {} draw.width = 5; module.exports = draw;' > b.cjs
echo 'class Brush {} module.exports = Brush; module.exports.width = 5;' > a-class.cjs
echo 'class Brush {} Brush.width = 5; module.exports = Brush;' > b-class.cjs
echo 'exports.width = 5;' > plain.cjs
options="--noEmit --strict --allowJs --module nodenext"
verdict() {
  said=$("$@" 2>&1) && echo finds || grep -Eo -m 1 'TS2305|SyntaxError' <<< "$said" || echo "$said"
}
compiler() {
  node "node_modules/$1/bin/tsc" $options "$2"
}
seen=$(for name in a b a-class b-class plain; do
  echo "import { width } from './$name.cjs'; export const twice: number = 2 * width;" > "of-$name.mts"
  echo "import { width } from './$name.cjs'; if (width !== 5) throw width;" > "of-$name.mjs"
  echo "$name.cjs: Node $(verdict node "of-$name.mjs")," \
    "TypeScript 5 $(verdict compiler five "of-$name.mts"), TypeScript 7 $(verdict compiler seven "of-$name.mts")"
done)
echo "TypeScript $(node -p 'require("seven/package.json").version')" \
  "and $(node -p 'require("five/package.json").version'), Node $(node --version):"
echo "$seen"
expected="a.cjs: Node finds, TypeScript 5 finds, TypeScript 7 TS2305
b.cjs: Node SyntaxError, TypeScript 5 finds, TypeScript 7 finds
a-class.cjs: Node finds, TypeScript 5 finds, TypeScript 7 TS2305
b-class.cjs: Node SyntaxError, TypeScript 5 finds, TypeScript 7 finds
plain.cjs: Node finds, TypeScript 5 finds, TypeScript 7 finds"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
