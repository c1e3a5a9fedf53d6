"""PyTorch's side of `npm run bench -- sweep`: the same runs in its own loop, in as many processes of one thread each.

torch_sweep.py DATA PROCESSES EPOCHS LOADER < configs as JSON; prints one JSON object of all runs. LOADER is "loader"
for a DataLoader over a TensorDataset, as the studies' sources have it, or "tensors" for slices of a shuffled index.
"""

import json
import multiprocessing
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "training" / "peers"))

START = {
    "xavier_uniform": lambda nn, w: nn.init.xavier_uniform_(w),
    "kaiming_uniform": lambda nn, w: nn.init.kaiming_uniform_(w, nonlinearity="relu"),
    "orthogonal": lambda nn, w: nn.init.orthogonal_(w),
}


def work(slot, data, epochs, loader, orders, answers):
    if hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, [cores[slot % len(cores)]])
    import torch
    from torch import nn
    from torch.nn import functional as F
    from torch.utils.data import DataLoader, TensorDataset
    from torch_networks import PlainCnn

    torch.set_num_threads(1)
    raw = torch.frombuffer(bytearray(Path(data).read_bytes()), dtype=torch.uint8)
    count = len(raw) // (28 * 28 + 1)
    images = raw[: count * 28 * 28].reshape(count, 1, 28, 28)
    labels = raw[count * 28 * 28 :].long()
    normalized = (images.float() / 255 - 0.5) / 0.5  # once, in memory: no transform for each image

    def batches(size):
        if loader == "loader":
            return DataLoader(TensorDataset(normalized, labels), batch_size=size, shuffle=True)
        order = torch.randperm(count)
        return ((normalized[at], labels[at]) for at in order.split(size))

    for trial, config in iter(orders.get, None):
        began = time.time() * 1e3
        torch.manual_seed(trial)
        model = PlainCnn([28, 28, 1], config["filters"], config["kernelSize"], 0, [], config["hidden"], 10)
        for name, parameter in model.named_parameters():
            START[config["initializer"]](nn, parameter) if parameter.dim() > 1 else nn.init.zeros_(parameter)
        optimizer = torch.optim.SGD(model.parameters(), lr=config["learningRate"], momentum=config["momentum"])
        for _ in range(epochs):
            total = seen = 0
            for x, y in batches(config["batchSize"]):
                optimizer.zero_grad()
                loss = F.cross_entropy(model(x), y)
                loss.backward()
                optimizer.step()
                total += loss.item() * len(y)
                seen += len(y)
        answers.put({"process": os.getpid(), "beganMs": began, "endedMs": time.time() * 1e3, "loss": total / seen})
    answers.put(f"PyTorch {torch.__version__}")


def main():
    data, processes, epochs, loader = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
    configs = json.load(sys.stdin)
    context = multiprocessing.get_context("spawn")
    orders, answers = context.Queue(), context.Queue()
    for order in [*enumerate(configs), *[None] * processes]:
        orders.put(order)
    workers = [context.Process(target=work, args=(i, data, epochs, loader, orders, answers)) for i in range(processes)]
    for worker in workers:
        worker.start()
    runs, versions = [], []
    while len(versions) < processes:
        answer = answers.get()
        (versions if isinstance(answer, str) else runs).append(answer)
    for worker in workers:
        worker.join()
    print(json.dumps({"version": versions[0], "runs": runs}))


if __name__ == "__main__":
    main()
