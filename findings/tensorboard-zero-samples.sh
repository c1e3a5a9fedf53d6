#!/usr/bin/env bash
# tensorboard 2.20.0: --samples_per_plugin scalars=0, which its help says keeps all samples, shows empty charts.
#
# Expected: "0 means keep all samples of that type", as `tensorboard --help` says.
# Happens: the run and its tag are listed, and the tag has no point, with either reader (--load_fast true, false).
# Instead: a number above the longest run's steps, scalars=1000000. The default is a random 1,000 of a tag's points.
#
# Seen with tensorboard 2.20.0, tensorboard-data-server 0.7.2, Python 3.11, Linux x64; the processor does not matter.
# Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check tensorboard==2.20.0 setuptools==80.9.0 \
  2> "$folder/pip.log" || { cat "$folder/pip.log"; exit 1; }
cat > "$folder/try.py" <<'PROGRAM'
import json, os, socket, subprocess, sys, time, urllib.request
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.summary.writer.event_file_writer import EventFileWriter
from tensorboard.version import VERSION

writer = EventFileWriter("logs/run")
for step in range(50):
    event = Event(wall_time=1e9 + step, step=step)
    event.summary.value.add(tag="loss", simple_value=1.0)
    writer.add_event(event)
writer.close()

def points(samples, fast):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [os.path.join(os.path.dirname(sys.executable), "tensorboard"), "--logdir", "logs", "--port", str(port)]
    options = ["--load_fast", fast, "--samples_per_plugin", f"scalars={samples}"]
    server = subprocess.Popen(command + options, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    get = lambda path: json.load(urllib.request.urlopen(f"http://127.0.0.1:{port}/data/plugin/scalars/{path}"))
    try:
        while True:
            try:
                if get("tags").get("run"):
                    break
            except OSError:
                pass
            if server.poll() is not None:
                sys.exit("tensorboard did not start")
            time.sleep(0.2)
        time.sleep(2)  # the whole file is read
        return len(get("scalars?run=run&tag=loss"))
    finally:
        server.terminate()
        server.wait()

ways = [(samples, fast) for fast in ["true", "false"] for samples in [1000, 0]]
found = {f"scalars={samples} --load_fast {fast}": points(samples, fast) for samples, fast in ways}
print("tensorboard", VERSION, "points of 50:", found)
sys.exit(0 if list(found.values()) == [50, 0, 50, 0] else 1)
PROGRAM
cd "$folder"
"$folder/venv/bin/python" -W ignore try.py
