#!/usr/bin/env bash
# PyTorch 2.13.0: what torch.save writes of uint16 or float8 in the old format, torch.load cannot read.
#
# `_use_new_zipfile_serialization=False` has torch.save write its older format, for readers that know no zip files. A
# tensor of a newer type (uint16, uint32, uint64, the float8s) is written without a word, and torch.load, with
# weights_only or without, ends with "type object 'torch.storage.UntypedStorage' has no attribute 'dtype'". One such
# tensor in a checkpoint makes the whole file unreadable. The zip format holds them all, and the old one holds
# bfloat16.
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


def loaded(tensor, zipped):
    file = io.BytesIO()
    torch.save({"tensor": tensor, "other": torch.ones(2)}, file, _use_new_zipfile_serialization=zipped)
    said = []
    for weights_only in (True, False):
        file.seek(0)
        try:
            read = torch.load(file, weights_only=weights_only)["tensor"]
            same = read.dtype == tensor.dtype and torch.equal(read.float(), tensor.float())
            said.append("loads" if same else "loads otherwise")
        except Exception as error:
            said.append(str(error))
    return said[0] if said[0] == said[1] else " / ".join(said)


for name in ("bfloat16", "uint16", "uint32", "uint64", "float8_e4m3fn", "float8_e5m2"):
    tensor = torch.tensor([1.0, 2.0]).to(getattr(torch, name))
    print(f"{name}: zip {loaded(tensor, True)}; old format {loaded(tensor, False)}")
PY
seen=$(venv/bin/python seen.py 2> errors) || { cat errors; exit 1; }
venv/bin/python -c 'import platform, torch; print(f"torch {torch.__version__}, Python {platform.python_version()}:")' \
  2> /dev/null
echo "$seen"
expected=$(cat << 'SEEN'
bfloat16: zip loads; old format loads
uint16: zip loads; old format type object 'torch.storage.UntypedStorage' has no attribute 'dtype'
uint32: zip loads; old format type object 'torch.storage.UntypedStorage' has no attribute 'dtype'
uint64: zip loads; old format type object 'torch.storage.UntypedStorage' has no attribute 'dtype'
float8_e4m3fn: zip loads; old format type object 'torch.storage.UntypedStorage' has no attribute 'dtype'
float8_e5m2: zip loads; old format type object 'torch.storage.UntypedStorage' has no attribute 'dtype'
SEEN
)
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
