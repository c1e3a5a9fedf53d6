#!/usr/bin/env bash
# captum 0.9.0: LayerGradCam of a transformer's layer weighs tokens in place of features, and sums the tokens away.
#
# Grad-CAM weighs each channel by its mean gradient over the places and adds the channels up, which leaves a number for
# each place. LayerGradCam takes axis 1 for the channels. Of a convolution that is right, and a layer of a vision
# transformer gives [B, tokens, features]: there the gradient is averaged over the features, each token gets one weight,
# and the tokens are added up. What comes out has one number for each feature, [B, 1, features], without an error; where
# there are as many features as tokens it even has the expected size. Put the features first: a module that transposes
# [B, N, D] to [B, D, N] as the layer, or attribute by hand. The class token, which is no place, has to be left out too.
#
# Seen with captum 0.9.0 and torch 2.13.0 (CPU) on Python 3.11, Linux. Exit status 0 while it is so, 1 when it is
# otherwise.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check torch==2.13.0 captum==0.9.0 2> errors \
  || { cat errors; exit 1; }
cat > seen.py << 'PY'
import torch
from captum.attr import LayerGradCam
from torch import nn


class Transposed(nn.Module):
    def forward(self, x):
        return x.mT


class Net(nn.Module):
    """Tokens [B, 9, 6] to three classes; one encoder layer between."""

    def __init__(self):
        super().__init__()
        self.norm, self.there, self.back = nn.LayerNorm(6), Transposed(), Transposed()
        self.block, self.head = nn.TransformerEncoderLayer(6, 2, 12, 0, batch_first=True), nn.Linear(6, 3)

    def forward(self, x):
        return self.head(self.block(self.back(self.there(self.norm(x))))[:, 0])


torch.manual_seed(0)
net, x = Net().train(), torch.randn(2, 9, 6)  # no dropout; the fast path in eval mode takes no gradients
tokens = net.norm(x).detach().requires_grad_()
gradient, = torch.autograd.grad(net.head(net.block(tokens)[:, 0])[:, 1].sum(), tokens)
by_hand = (gradient.mean(1, keepdim=True) * tokens).sum(2)  # [B, 9]
by_token = (gradient.mean(2, keepdim=True) * tokens).sum(1)  # [B, 6]
given = LayerGradCam(net, net.norm).attribute(x, 1)
same = torch.allclose(given[:, 0], by_token, atol=1e-6)
print(f"a layer of tokens [2, 9, 6]: {list(given.shape)}, the tokens' weighted sum: {same}")
given = LayerGradCam(net, net.there).attribute(x, 1)
same = torch.allclose(given[:, 0], by_hand, atol=1e-6)
print(f"the same transposed: {list(given.shape)}, Grad-CAM by hand: {same}")
PY
seen=$(venv/bin/python seen.py 2> errors) || { cat errors; exit 1; }
venv/bin/python -c 'from importlib.metadata import version as v
print("captum", v("captum") + ", torch", v("torch") + ":")'
echo "$seen"
expected="a layer of tokens [2, 9, 6]: [2, 1, 6], the tokens' weighted sum: True
the same transposed: [2, 1, 9], Grad-CAM by hand: True"
[ "$seen" = "$expected" ] || { echo "changed; expected:"; echo "$expected"; exit 1; }
