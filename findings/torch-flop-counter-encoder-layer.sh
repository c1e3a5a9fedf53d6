#!/usr/bin/env bash
# PyTorch 2.13.0, CPU: FlopCounterMode counts a transformer's encoder layer as 0 in eval() under no_grad.
#
# torch.utils.flop_counter.FlopCounterMode counts below the modules, op by op, and so is trusted where counters of
# modules are not. An op without a formula counts 0 and nothing says so. On a CPU that is fused attention
# (scaled_dot_product_attention), the fast path of nn.TransformerEncoderLayer and nn.MultiheadAttention in eval() under
# no_grad (all of their linear maps with it), and nn.LSTM. So the same layer has 12.4 million in train(), where its
# dropout unfuses attention, 9.8 in eval() and none under no_grad. Count with gradients on and attention under
# sdpa_kernel(SDPBackend.MATH): that counts all.
#
# Seen with torch 2.13.0 on a CPU, Python 3.11, Linux. Exit status 0 while it is so, 1 when it is otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check torch==2.13.0 2> errors || { cat errors; exit 1; }
cat > seen.py << 'PY'
import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode


def flops(module, x, grad=False):
    with torch.set_grad_enabled(grad), FlopCounterMode(display=False) as counter:
        module(x)
    return counter.get_total_flops()


tokens, width, hidden = 100, 64, 256
linear = 2 * tokens * width * (3 * width + width + 2 * hidden)
attention = 2 * 2 * tokens**2 * width
x = torch.ones(1, tokens, width)
layer = nn.TransformerEncoderLayer(width, 4, hidden, batch_first=True)
print("by hand:", linear, "of linear maps,", attention, "of attention")
print("train:", flops(layer.train(), x, grad=True))
print("eval, with gradients:", flops(layer.eval(), x, grad=True))
print("eval, no_grad:", flops(layer.eval(), x))
with sdpa_kernel(SDPBackend.MATH):
    print("eval, with gradients, attention unfused:", flops(layer.eval(), x, grad=True))
print("LSTM:", flops(nn.LSTM(width, width, batch_first=True), x, grad=True))
PY
seen=$(CUDA_VISIBLE_DEVICES= venv/bin/python seen.py 2> errors) || { cat errors; exit 1; }
venv/bin/python -c 'import platform, torch; print(f"torch {torch.__version__}, Python {platform.python_version()}:")' \
  2> /dev/null
echo "$seen"
expected=$(cat << 'SEEN'
by hand: 9830400 of linear maps, 2560000 of attention
train: 12390400
eval, with gradients: 9830400
eval, no_grad: 0
eval, with gradients, attention unfused: 12390400
LSTM: 0
SEEN
)
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
