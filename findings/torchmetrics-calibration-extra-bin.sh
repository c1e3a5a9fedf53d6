#!/usr/bin/env bash
# torchmetrics 1.9.0: the calibration error puts confidences of exactly 1 into a bin of their own, beside the last one.
#
# A softmax in float32 is exactly 1 for every image a network is very sure of. With n_bins=15 these do not join the
# others of (14/15, 1]: they are a sixteenth bin, and the expected calibration error is larger than that of 15 bins,
# since the overconfidence of the one no longer cancels the underconfidence of the other. A confidence of 1 - 1e-7
# gives the paper's value. Clamp the probabilities a little below 1, or sort into bins by hand.
#
# Seen with torchmetrics 1.9.0 and torch 2.13.0, on the CPU. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check numpy torch==2.13.0 torchmetrics==1.9.0 \
  --extra-index-url https://download.pytorch.org/whl/cpu 2> pip.log || { cat pip.log; exit 1; }
cat > show.py << 'PY'
import torch
from torchmetrics.functional.classification import multiclass_calibration_error

labels = torch.tensor([0, 1])  # the first is right, the second wrong: accuracy 0.5, mean confidence 0.975
for confidence in (1 - 1e-7, 1.0):
    rows = torch.tensor([[0.95, 0.05], [confidence, 1 - confidence]], dtype=torch.float64)
    error = multiclass_calibration_error(rows, labels, num_classes=2, n_bins=1, norm="l1").item()
    print(f"one bin, confidences 0.95 and {confidence:.7f}: {error:.3f}")
PY
seen=$(venv/bin/python show.py)
echo "torchmetrics $(venv/bin/pip show torchmetrics 2> /dev/null | sed -n 's/^Version: //p'):"
echo "$seen"
expected="one bin, confidences 0.95 and 0.9999999: 0.475
one bin, confidences 0.95 and 1.0000000: 0.525"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
