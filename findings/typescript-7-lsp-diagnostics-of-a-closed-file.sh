#!/usr/bin/env bash
# TypeScript 7.0.2, language server: what a closed file's diagnostics are hangs on what was asked for before it.
#
# `textDocument/diagnostic` may name any file, open in the editor or not. An open file is checked under the
# tsconfig.json nearest to it, as `tsc -p` there does. A closed one is answered under whichever project is loaded and
# holds it, also one that only imports it, with that project's options. Here inner/page.ts has an implicit any (TS7006)
# by its own tsconfig.json; by the outer project, whose main.ts imports it, it has no such error, but `document` is not
# there (TS2584). Asked after main.ts was opened, it has TS7006; asked after main.ts was opened and asked for, TS2584,
# until page.ts is opened, and TS7006 still after it is closed again. So a client that asks for files without opening
# them (a batch check, an agent) gets other errors by the order in which it asks, and no file was edited.
#
# Seen with TypeScript 7.0.2 (`tsc --lsp --stdio`) on Node 20.20.2, Linux; no step depends on the processor, and each
# request waits for the answer before it. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y > /dev/null
npm install --ignore-scripts --no-audit --no-fund --silent typescript@7.0.2
mkdir -p outer/inner
cat > outer/tsconfig.json << 'JSON'
{
  "compilerOptions": { "strict": false, "lib": ["es2022"], "module": "nodenext", "noEmit": true },
  "files": ["main.ts"]
}
JSON
cat > outer/inner/tsconfig.json << 'JSON'
{ "compilerOptions": { "strict": true, "lib": ["es2022", "dom"], "module": "nodenext", "noEmit": true } }
JSON
echo 'export { titled } from "./inner/page.js";' > outer/main.ts
echo 'export const titled = (text) => document.title + text;' > outer/inner/page.ts
cat > session.cjs << 'JS'
const { spawn } = require("node:child_process");
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { pathToFileURL } = require("node:url");

const root = join(process.cwd(), "outer");
const tsc = join(process.cwd(), "node_modules/typescript/bin/tsc");
const uri = (name) => pathToFileURL(join(root, name)).href;
const server = spawn(process.execPath, [tsc, "--lsp", "--stdio"], { cwd: root, stdio: ["pipe", "pipe", "ignore"] });
const waiting = new Map();
let received = Buffer.alloc(0);
let asked = 0;

const send = (message) => {
  const body = JSON.stringify({ jsonrpc: "2.0", ...message });
  server.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
};
const tell = (method, params) => send({ method, params });
const ask = (method, params) =>
  new Promise((resolve) => {
    waiting.set(++asked, resolve);
    send({ id: asked, method, params });
  });
const take = (message) => {
  if (message.method === undefined) return waiting.get(message.id)(message.result ?? message.error);
  if (message.id === undefined) return; // a notification
  const isOfOptions = message.method === "workspace/configuration";
  send({ id: message.id, result: isOfOptions ? message.params.items.map(() => null) : null });
};
server.stdout.on("data", (bytes) => {
  received = Buffer.concat([received, bytes]);
  for (;;) {
    const end = received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(received.toString("latin1", 0, end))[1]);
    if (received.length < end + 4 + length) return;
    const message = JSON.parse(received.toString("utf8", end + 4, end + 4 + length));
    received = received.subarray(end + 4 + length);
    take(message);
  }
});

const open = (name) => {
  const text = readFileSync(join(root, name), "utf8");
  tell("textDocument/didOpen", { textDocument: { uri: uri(name), languageId: "typescript", version: 1, text } });
};
const close = (name) => tell("textDocument/didClose", { textDocument: { uri: uri(name) } });
const errors = async (name) => {
  const { items } = await ask("textDocument/diagnostic", { textDocument: { uri: uri(name) } });
  return items.filter(({ severity }) => severity === 1).map(({ code }) => `TS${code}`).join() || "no error";
};

(async () => {
  const workspaceFolders = [{ uri: pathToFileURL(root).href, name: "outer" }];
  const capabilities = { textDocument: { diagnostic: {} } };
  await ask("initialize", { processId: process.pid, rootUri: workspaceFolders[0].uri, workspaceFolders, capabilities });
  tell("initialized", {});
  open("main.ts");
  if (process.argv[2] === "main first") console.log(`main.ts: ${await errors("main.ts")}`);
  console.log(`page.ts, closed: ${await errors("inner/page.ts")}`);
  open("inner/page.ts");
  console.log(`page.ts, open: ${await errors("inner/page.ts")}`);
  close("inner/page.ts");
  console.log(`page.ts, closed again: ${await errors("inner/page.ts")}`);
  await ask("shutdown");
  tell("exit");
})();
JS
seen=$(
  for project in outer outer/inner; do
    said=$(node node_modules/typescript/bin/tsc -p "$project" || true)
    echo "tsc -p $project: $(grep -o 'TS[0-9]*' <<< "$said" | paste -sd ,)"
  done
  for order in "page first" "main first"; do
    echo "- a session, $order:"
    node session.cjs "$order"
  done
)
echo "TypeScript $(node -p 'require("typescript/package.json").version'), Node $(node --version):"
echo "$seen"
expected="tsc -p outer: TS2584
tsc -p outer/inner: TS7006
- a session, page first:
page.ts, closed: TS7006
page.ts, open: TS7006
page.ts, closed again: TS7006
- a session, main first:
main.ts: no error
page.ts, closed: TS2584
page.ts, open: TS7006
page.ts, closed again: TS7006"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
