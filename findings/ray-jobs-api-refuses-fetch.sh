#!/usr/bin/env bash
# Ray 2.60.0: its Jobs REST API takes Node's fetch for a browser and answers a POST with 405.
#
# The dashboard keeps pages of other sites from submitting jobs by refusing what a browser marks its requests with.
# Node's fetch sends one of these marks too, "sec-fetch-mode: cors": GET works, and a POST is answered with 405 "method
# not allowed for browser traffic". So a program in Node that submits jobs is written with another client than fetch.
#
# The cluster's folder has a short name, as its sockets' paths have at most 107 bytes.
#
# Seen with Ray 2.60.0 on Python 3.11, Node 20.20, Linux. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d /tmp/ray-XXXX)
head=
trap '[ -z "$head" ] || { kill "$head" && wait "$head"; } || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check "ray[default]==2.60.0" 2> errors || { cat errors; exit 1; }
cat > post.mjs << 'JS'
import { once } from "node:events";
import { createServer } from "node:net";

if (process.argv[2] === "ports") {
  const servers = [0, 1, 2].map(() => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  console.log(servers.map((server) => server.address().port).join(" "));
  process.exit();
}
const url = `http://127.0.0.1:${process.argv[2]}/api/jobs/`;
const asks = () => fetch(url, { signal: AbortSignal.timeout(5_000) });
while (!(await asks().catch(() => undefined))?.ok) await new Promise((resolve) => setTimeout(resolve, 500));
const [method, body] = ["POST", JSON.stringify({ entrypoint: "true" })];
const headers = { "content-type": "application/json" };
console.log("GET:", (await fetch(url)).status);
console.log("POST:", (await fetch(url, { method, headers, body })).status);
JS
read -r port dashboard agent <<< "$(node post.mjs ports)"
venv/bin/ray start --head --block --num-cpus=1 --port="$port" --dashboard-port="$dashboard" \
  --dashboard-agent-listen-port="$agent" --disable-usage-stats --temp-dir="$folder/r" > log 2>&1 &
head=$!
seen=$(timeout 100 node post.mjs "$dashboard") || { tail -5 log; exit 1; }
venv/bin/python -c 'from importlib.metadata import version as v; print("ray", v("ray"))'
echo "node $(node --version)"
echo "$seen"
expected="GET: 200
POST: 405"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
