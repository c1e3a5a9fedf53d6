#!/usr/bin/env bash
# PyTorch 2.13.0: a checkpoint with empty bytes in it is refused, one with bytes loads.
#
# torch.load with weights_only=True, the default, reads bytes in a checkpoint (a tokenizer's table, a config as JSON, a
# thumbnail) and refuses the file when they happen to be empty: b"" is written as a call of the builtin `bytes` without
# arguments, which is not on the list of what may be called, other bytes as a call of `_codecs.encode`, which is. So
# whether a file can be read hangs on the value of one entry, which its writer could read back in every test but this.
# An empty bytearray loads.
#
# Seen with torch 2.13.0 (CPU) on Python 3.11, Linux. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check torch==2.13.0 2> errors || { cat errors; exit 1; }
cat > seen.py << 'PY'
import io

import torch

for value in (b"a", b"\x00\xff", b"", bytearray(b"a"), bytearray()):
    file = io.BytesIO()
    torch.save({"weight": torch.ones(2), "table": value}, file)
    file.seek(0)
    try:
        read = torch.load(file)["table"]
        said = "loads" if read == value else f"loads as {read}"
    except Exception as error:
        said = next(line for line in str(error).split("\n") if "WeightsUnpickler error" in line).strip()
        said = said.split("WeightsUnpickler error: ")[1].split(" was not")[0]
    print(f"{value!r}: {said}")
PY
seen=$(venv/bin/python seen.py 2> errors) || { cat errors; exit 1; }
venv/bin/python -c 'import platform, torch; print(f"torch {torch.__version__}, Python {platform.python_version()}:")' \
  2> /dev/null
echo "$seen"
expected=$(cat << 'SEEN'
b'a': loads
b'\x00\xff': loads
b'': Unsupported global: GLOBAL bytes
bytearray(b'a'): loads
bytearray(b''): loads
SEEN
)
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
