#!/usr/bin/env bash
# TypeScript 7.0.2 and 5.9.3: a .d.ts's `interface Options extends import("./base").Base {}` takes the number 5.
#
# An import type, import("./base").Base, may stand where a type stands: in an alias, an intersection, a parameter. After
# an interface's `extends` it is an error, TS2499, even where the module is there. In a .d.ts that error is hidden by
# skipLibCheck, which `tsc --init` switches on and many projects set. One would then guess that the interface is
# `any`, or that it is what was written. It is neither: the interface is empty. A number and a function are assignable
# to it, a property that the base has is TS2339 when it is read, and no message names the .d.ts. So it is for a base
# from a package that is not installed (a missing @types), where an alias of the same name is `any`.
#
# Seen with TypeScript 7.0.2 and 5.9.3 on Node 20.20.2, Linux; no step depends on the processor. Exit status 0 while it
# is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent seven@npm:typescript@7.0.2 five@npm:typescript@5.9.3
mkdir fresh
echo 'export interface Base { width: number }' > base.d.ts
cat > options.d.ts << 'TS'
import type { Absent } from "package-that-is-not-installed";
export interface Options extends import("./base").Base {}
export interface OfAbsent extends Absent {}
export type AliasOfImport = import("./base").Base;
export type AliasOfAbsent = Absent;
TS
cat > user.ts << 'TS'
import type { AliasOfAbsent, AliasOfImport, OfAbsent, Options } from "./options";
export const number: Options = 5;
export const call: Options = () => "no options";
export const ofAbsent: OfAbsent = 5;
export const alias: AliasOfImport = 5;
export const read = (options: Options) => options.width;
export const readAbsent = (options: OfAbsent) => options.width;
export const readAlias = (options: AliasOfAbsent) => options.width;
TS
echo 'export {};' > fresh/index.ts
codes() {
  { node "node_modules/$1/bin/tsc" --noEmit --strict --skipLibCheck "$2" user.ts || true; } |
    grep -Eo '^[a-z.]+\([0-9]+|TS[0-9]+' | sed 's/(/ line /' | paste -sd ' '
}
seen=$(for compiler in seven five; do
  echo "TypeScript $(node -p "require('$compiler/package.json').version"):"
  echo "with skipLibCheck: $(codes $compiler true)"
  echo "without: $(codes $compiler false)"
done
(cd fresh && node ../node_modules/seven/bin/tsc --init > /dev/null && grep -o '"skipLibCheck": true' tsconfig.json))
echo "$seen"
used="user.ts line 5 TS2322 user.ts line 6 TS2339 user.ts line 7 TS2339"
declared="options.d.ts line 1 TS2307 options.d.ts line 2 TS2499"
expected="TypeScript 7.0.2:
with skipLibCheck: $used
without: $declared $used
TypeScript 5.9.3:
with skipLibCheck: $used
without: $declared $used
\"skipLibCheck\": true"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
