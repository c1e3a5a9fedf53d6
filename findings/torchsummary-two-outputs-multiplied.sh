#!/usr/bin/env bash
# torchsummary 1.5.1: a module that gives two tensors counts as the product of both, a ViT-B/16 as 537 GB.
#
# torchsummary multiplies all sizes of what a module gives, and of two tensors it multiplies those of both: attention's
# output with its weights, 151,296 times 38,809 numbers a block. So "Forward/backward pass size" of a vision transformer
# is thousands of times too large. The same table counts the parameters of nn.MultiheadAttention as 0: it reads `weight`
# and `bias` alone, and here they are in_proj_weight and in a module that does not run by itself. Of one attention of a
# ViT-B/16 the table says 44,797 MB and 0 parameters where 1.45 MB and 2,362,368 are meant.
#
# Seen with torchsummary 1.5.1 and torch 2.13.0 (CPU) on Python 3.11, Linux. Exit status 0 while it is so, 1 when it is
# otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check torch==2.13.0 torchsummary==1.5.1 numpy 2> errors ||
  { cat errors; exit 1; }
cat > seen.py << 'PY'
from torch import nn
from torchsummary import summary


class OneAttention(nn.Module):
    def __init__(self):
        super().__init__()
        self.attention = nn.MultiheadAttention(768, 12, batch_first=True)
        self.head = nn.Linear(768, 10)

    def forward(self, x):
        return self.head(self.attention(x, x, x)[0])


model = OneAttention()
summary(model, (197, 768), device="cpu")
print("parameters that it has:", sum(parameter.numel() for parameter in model.parameters()))
print("outputs, added:", f"{2 * 4 * (197 * 768 + 197 * 197 + 197 * 10) / 1024**2:.2f} MB")
PY
seen=$(venv/bin/python seen.py 2> errors | grep -E "Multihead|Linear|Total params|Forward|parameters|outputs" |
  sed -E 's/^ +//; s/ +/ /g') || { cat errors; exit 1; }
venv/bin/python -c 'import platform, torch; print(f"torch {torch.__version__}, Python {platform.python_version()}:")' \
  2> /dev/null
echo "$seen"
expected=$(cat << 'SEEN'
MultiheadAttention-1 [[-1, 197, 768], [-1, 197, 197]] 0
Linear-2 [-1, 197, 10] 7,690
Total params: 7,690
Forward/backward pass size (MB): 44797.09
parameters that it has: 2370058
outputs, added: 1.47 MB
SEEN
)
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
