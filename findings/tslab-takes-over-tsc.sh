#!/usr/bin/env bash
# tslab 1.0.22: in a project that installs it, `npx tsc` runs TypeScript 5.0.4, whichever TypeScript the project has.
#
# tslab depends on a renamed TypeScript whose package has commands named tsc and tsserver too. npm links commands of one
# name from several packages to one place, node_modules/.bin, and the other package wins although only typescript is the
# project's own dependency: `npm run` scripts and `npx tsc` then check by another language than the editor, without a
# word. `import "typescript"` is not touched. What helps: run node node_modules/typescript/bin/tsc, or keep tslab in a
# project of its own.
#
# Seen with tslab 1.0.22 beside typescript 5.9.3 and 7.0.2, with npm 11.19.1 on Node 20.20.2, Linux. Exit status 0 while
# it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
echo "Node $(node --version), npm $(npm --version)"
seen=$(
  for typescript in 5.9.3 7.0.2; do
    mkdir "$typescript"
    (
      cd "$typescript"
      npm init -y > /dev/null
      npm install --ignore-scripts --no-audit --no-fund --silent "typescript@$typescript"
      echo "typescript $typescript alone, npx tsc: $(npx tsc --version)"
      npm install --ignore-scripts --no-audit --no-fund --silent tslab@1.0.22
      echo "and tslab, npx tsc: $(npx tsc --version)"
      echo "typescript's own file: $(node node_modules/typescript/bin/tsc --version)"
    )
  done
)
echo "$seen"
expected="typescript 5.9.3 alone, npx tsc: Version 5.9.3
and tslab, npx tsc: Version 5.0.4
typescript's own file: Version 5.9.3
typescript 7.0.2 alone, npx tsc: Version 7.0.2
and tslab, npx tsc: Version 5.0.4
typescript's own file: Version 7.0.2"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
