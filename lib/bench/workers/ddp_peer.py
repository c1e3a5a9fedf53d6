"""PyTorch's side of `npm run bench -- workers`: one process of DistributedDataParallel with gloo.

training/peers/serve.py says what it is asked. RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT are torchrun's. A network's
step takes this process' part of the batch; shapes alone are averaged in buckets as DistributedDataParallel has them:
the last ones first, of 1 MB and then of 25 MB, copied in and out, all under way at once.
"""

import math
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "training" / "peers"))

import torch
import torch.distributed as dist
from serve import serve
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel
from torch_networks import NETWORKS

RANK, SIZE = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
FIRST, NEXT = 1 << 18, 25 << 18  # float32


def open_case(threads, shapes=None, network=None, config=None, batch=None, sdpa=False, fused=False):
    torch.set_num_threads(threads)
    return averaging(shapes) if shapes is not None else training(network, config, batch, sdpa, fused)


def training(network, config, batch, sdpa, fused):
    torch.manual_seed(0)
    model = DistributedDataParallel(NETWORKS[network](**config, sdpa=sdpa))
    parameters = sum(parameter.numel() for parameter in model.parameters())
    height, width, channels = config["inputShape"]
    part = (RANK + 1) * batch // SIZE - RANK * batch // SIZE
    x, y = torch.randn(part, channels, height, width), torch.randint(config["numClasses"], (part,))
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True if fused else None)

    def train():
        optimizer.zero_grad()
        loss = F.cross_entropy(model(x), y)
        loss.backward()
        optimizer.step()
        loss.item()

    return parameters, train, "CPU"


def averaging(shapes):
    tensors = [torch.ones(shape) for shape in shapes]
    buckets, room = [[]], FIRST
    for tensor in reversed(tensors):
        if room <= 0:
            buckets.append([])
            room = NEXT
        buckets[-1].append(tensor)
        room -= tensor.numel()
    flats = [torch.empty(sum(tensor.numel() for tensor in bucket)) for bucket in buckets]
    views = [
        [view.view_as(tensor) for view, tensor in zip(flat.split([tensor.numel() for tensor in bucket]), bucket)]
        for flat, bucket in zip(flats, buckets)
    ]

    def average():
        works = []
        for flat, bucket, view in zip(flats, buckets, views):
            torch._foreach_copy_(view, bucket)
            flat.div_(SIZE)
            works.append(dist.all_reduce(flat, async_op=True))
        for work, bucket, view in zip(works, buckets, views):
            work.wait()
            torch._foreach_copy_(bucket, view)

    return sum(math.prod(shape) for shape in shapes), average, "CPU"


dist.init_process_group("gloo")
serve(open_case, None, f"PyTorch {torch.__version__}", torch.get_num_threads)
