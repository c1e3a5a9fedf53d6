#!/usr/bin/env bash
# mlflow 3.17.2, REST: an infinite metric comes back as the largest number, and a long parameter is cut, both with 200.
#
# One would expect a metric that is "Infinity" to be stored as one, as "NaN" is, or to be refused: a run that diverged
# to infinity is stored as 1.7976931348623157e+308, which a chart draws and a comparison takes for a number. A parameter
# of more than 6,000 characters is not refused either: its first 6,000 are stored, which for a config as JSON is no JSON
# any more. Tell infinity by a tag, and store a long value as an artifact.
#
# Seen with mlflow 3.17.2 on SQLite, Python 3.11. The processor does not matter. Exit status 0 while it is so, 1 when it
# is otherwise.
set -euo pipefail
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill -- "-$server" 2> /dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check mlflow==3.17.2 2> pip.log || { cat pip.log; exit 1; }
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
set -m
PATH="$folder/venv/bin:$PATH" venv/bin/mlflow server --backend-store-uri "sqlite:///$folder/mlflow.db" \
  --artifacts-destination "$folder/artifacts" --host 127.0.0.1 --port "$port" --workers 1 > server.log 2>&1 &
server=$!
set +m
cat > show.py << 'PY'
import json, sys, time, urllib.request

def call(path, body=None):
    request = urllib.request.Request(
        f"http://127.0.0.1:{sys.argv[1]}/api/2.0/mlflow/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as answer:
        return answer.status, json.load(answer)

for _ in range(300):
    try:
        _, experiment = call("experiments/create", {"name": "finding"})
        break
    except OSError:
        time.sleep(1)
_, made = call("runs/create", {"experiment_id": experiment["experiment_id"], "start_time": 1})
run = made["run"]["info"]["run_id"]
values = ["NaN", "Infinity", "-Infinity"]
metrics = [{"key": "loss", "value": value, "step": i, "timestamp": 1} for i, value in enumerate(values)]
print("metrics answered", call("runs/log-batch", {"run_id": run, "metrics": metrics})[0])
_, history = call(f"metrics/get-history?run_id={run}&metric_key=loss")
for value, stored in zip(values, sorted(history["metrics"], key=lambda one: int(one["step"]))):
    print(value, "stored as", stored["value"])
params = [{"key": "config", "value": "x" * 8000}]
print("parameter answered", call("runs/log-batch", {"run_id": run, "params": params})[0])
_, there = call(f"runs/get?run_id={run}")
print("8000 characters stored as", len(there["run"]["data"]["params"][0]["value"]))
PY
seen=$(venv/bin/python show.py "$port") || { tail -20 server.log; exit 1; }
echo "mlflow $(venv/bin/pip show mlflow 2> /dev/null | sed -n 's/^Version: //p'):"
echo "$seen"
expected="metrics answered 200
NaN stored as NaN
Infinity stored as 1.7976931348623157e+308
-Infinity stored as -1.7976931348623157e+308
parameter answered 200
8000 characters stored as 6000"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
