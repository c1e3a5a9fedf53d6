"""PyTorch's side of `npm run bench -- training|inference`; serve.py says what it is asked.

As the studies' sources write it: contiguous, attention as matrix products and softmax, Adam by PyTorch's own choice. The
options take scaled_dot_product_attention, the fused Adam, channels_last, torch.compile and, for products in bfloat16,
autocast instead. On a GPU PyTorch takes
TF32 in convolutions alone, TensorFlow in matrix products too; with the fused Adam PyTorch does so as well.
"""
import torch
from torch.nn import functional as F

from serve import serve
from torch_networks import NETWORKS


def open_case(network, config, batch, training, threads, device, sdpa=False, fused=False, channelsLast=False, compiled=False, autocast=False):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    torch.set_float32_matmul_precision("high" if fused else "highest")
    at = torch.device("cuda" if device == "GPU" else "cpu")
    model = NETWORKS[network](**config, **({} if network in ("plain_cnn", "resnet", "airbench") else {"sdpa": sdpa})).to(at)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    height, width, channels = config["inputShape"]
    x, y = torch.randn(batch, channels, height, width, device=at), torch.randint(config["numClasses"], (batch,), device=at)
    if channelsLast:
        model, x = model.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
    model.train(training)
    call = torch.compile(model, dynamic=False) if compiled else model
    if not training:

        def infer():
            with torch.inference_mode():
                call(x).sum().item()

        return parameters, infer, device
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True if fused else None)

    def train():
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=autocast):
            loss = F.cross_entropy(call(x), y)
        loss.backward()
        optimizer.step()
        loss.item()

    return parameters, train, device


def matmul(size):
    at = "cuda" if torch.cuda.is_available() else "cpu"
    a, b = torch.randn(size, size, device=at), torch.randn(size, size, device=at)

    def product():
        a @ b
        if at == "cuda":
            torch.cuda.synchronize()

    return product


serve(open_case, matmul, f"PyTorch {torch.__version__}", torch.get_num_threads)
