#!/usr/bin/env bash
# safetensors 0.8.0, numpy: an array in Fortran order is saved with its numbers in other places, without an error.
#
# save_file stores it (a transposed one for instance) as its memory lies, with the shape that it has, and so it is read
# back. The torch door refuses a tensor that is not contiguous; the numpy door takes it. numpy.ascontiguousarray before
# saving is the remedy.
#
# Seen with safetensors 0.8.0 and numpy 2.3.5. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check safetensors==0.8.0 'numpy>=2.2,<2.4' 2> pip.log || { cat pip.log; exit 1; }
cat > show.py << 'PY'
import numpy, safetensors
from safetensors.numpy import load_file, save_file

rows = numpy.arange(6, dtype=numpy.float32).reshape(2, 3)
arrays = {
    "as it is": rows,
    "transposed": rows.T,
    "transposed, made contiguous": numpy.ascontiguousarray(rows.T),
    "asfortranarray": numpy.asfortranarray(rows),
}
save_file(arrays, "arrays.safetensors")
for name, read in load_file("arrays.safetensors").items():
    said = "equal" if numpy.array_equal(read, arrays[name]) else f"{arrays[name].tolist()} became {read.tolist()}"
    print(f"{name}: {said}")
PY
seen=$(venv/bin/python show.py | sort)
echo "safetensors $(venv/bin/pip show safetensors 2> /dev/null | sed -n 's/^Version: //p'):"
echo "$seen"
expected="as it is: equal
asfortranarray: [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]] became [[0.0, 3.0, 1.0], [4.0, 2.0, 5.0]]
transposed, made contiguous: equal
transposed: [[0.0, 3.0], [1.0, 4.0], [2.0, 5.0]] became [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]"
[ "$(echo "$seen" | LC_ALL=C sort)" = "$(echo "$expected" | LC_ALL=C sort)" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
