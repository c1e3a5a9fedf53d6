#!/usr/bin/env bash
# tslab 1.0.22: a package that is installed while a session is open ends the session for good.
#
# A cell imports a package that is not there yet; its author runs `npm install` and runs the cell again. From a moment
# after the new folder appeared in node_modules, tslab answers every later cell, also `1 + 1`, with "Unexpected pending
# rebuildTimer", until the kernel is restarted. The folder's appearance has TypeScript's watcher set a timer through the
# system object that tslab gives it; tslab's own setTimeout keeps one timer that it fires only while it converts a cell,
# and throws where a second one is set before. Packages that were there at the start, and edited files of the
# notebook's own folder, do no harm.
#
# Seen with tslab 1.0.22 on Node 20.20.2, Linux. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent tslab@1.0.22
mkdir -p notebook/node_modules/before
cat > session.cjs << 'JS'
const { mkdirSync, writeFileSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");
const { createConverter } = require("tslab/dist/converter.js"); // what tslab's kernel hands each cell to

process.chdir("notebook");
const converter = createConverter({ isJS: false, isBrowser: false });
const cell = (source) => {
  try {
    const { diagnostics = [] } = converter.convert("", source);
    return diagnostics.length === 0 ? "ok" : diagnostics[0].messageText;
  } catch (error) {
    return `throws ${error.message}`;
  }
};
const untilItThrows = async () => {
  let said = "";
  for (let asked = 0; asked < 100 && !said.startsWith("throws"); asked++) {
    await sleep(100);
    said = cell(`${asked} + 1`);
  }
  return said;
};

(async () => {
  console.log(`import of a package that is not there: ${cell('import * as later from "later";')}`);
  console.log(`another cell: ${cell("1 + 1")}`);
  mkdirSync("node_modules/later", { recursive: true });
  writeFileSync("node_modules/later/index.d.ts", "export const x: number;\n");
  console.log(`cells after it was installed: ${await untilItThrows()}`);
  await sleep(3000);
  console.log(`three seconds later: ${cell("2 + 2")}`);
  process.exit(0);
})();
JS
seen=$(node --experimental-vm-modules session.cjs 2> /dev/null)
echo "tslab $(node -p 'require("tslab/package.json").version'), Node $(node --version):"
echo "$seen"
expected="import of a package that is not there: Cannot find module 'later' or its corresponding type declarations.
another cell: ok
cells after it was installed: throws Unexpected pending rebuildTimer
three seconds later: throws Unexpected pending rebuildTimer"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
