"""The bench's networks as PyTorch modules, from the configs of lib/models; `sdpa` chooses scaled_dot_product_attention."""
import torch
from torch import nn
from torch.nn import functional as F


class PlainCnn(nn.Module):
    def __init__(self, inputShape, filters, kernelSize, padding, poolAfter, hidden, numClasses, **_):
        super().__init__()
        height, width, channels = inputShape
        steps = []
        sizes = kernelSize if isinstance(kernelSize, list) else [kernelSize] * len(filters)
        for i, (filter_count, size) in enumerate(zip(filters, sizes), 1):
            steps += [nn.Conv2d(channels, filter_count, size, padding=padding), nn.ReLU()]
            channels = filter_count
            if i in poolAfter:
                steps.append(nn.MaxPool2d(2))
        self.features = nn.Sequential(*steps)
        size = self.features(torch.zeros(1, inputShape[2], height, width)).numel()
        steps = []
        for units in hidden:
            steps += [nn.Linear(size, units), nn.ReLU()]
            size = units
        self.head = nn.Sequential(*steps, nn.Linear(size, numClasses))

    def forward(self, x):
        return self.head(self.features(x).flatten(1))


class SpatialAttention(nn.Module):
    def __init__(self, channels, reduction, sdpa):
        super().__init__()
        inner = channels // reduction
        self.theta, self.phi, self.g = (nn.Conv2d(channels, inner, 1) for _ in range(3))
        self.out = nn.Conv2d(inner, channels, 1)
        self.sdpa = sdpa

    def forward(self, x):
        theta = self.theta(x).flatten(2).transpose(1, 2)
        phi, g = (F.max_pool2d(part(x), 2).flatten(2) for part in (self.phi, self.g))
        if self.sdpa:
            attended = F.scaled_dot_product_attention(theta, phi.transpose(1, 2), g.transpose(1, 2), scale=1.0)
        else:
            attended = torch.softmax(theta @ phi, -1) @ g.transpose(1, 2)
        return x + self.out(attended.transpose(1, 2).unflatten(2, x.shape[2:]))


class CnnSelfAttention(nn.Module):
    def __init__(self, inputShape, filters, reduction, numClasses, sdpa, **_):
        super().__init__()
        widths = [inputShape[2], *filters]
        self.convolutions = nn.ModuleList(nn.Conv2d(a, b, 3, padding=1) for a, b in zip(widths, filters))
        self.attentions = nn.ModuleList(SpatialAttention(width, reduction, sdpa) for width in filters)
        self.head = nn.Linear(filters[-1], numClasses)

    def forward(self, x):
        for convolution, attention in zip(self.convolutions, self.attentions):
            x = attention(F.relu(convolution(x)))
        return self.head(x.mean((2, 3)))


class Attention(nn.Module):
    def __init__(self, width, num_heads, bias, sdpa):
        super().__init__()
        self.qkv, self.out = nn.Linear(width, 3 * width, bias=bias), nn.Linear(width, width)
        self.num_heads, self.sdpa = num_heads, sdpa

    def forward(self, x):
        q, k, v = self.qkv(x).unflatten(2, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4)
        if self.sdpa:
            heads = F.scaled_dot_product_attention(q, k, v)
        else:
            heads = torch.softmax(q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5, -1) @ v
        return self.out(heads.transpose(1, 2).flatten(2))


class StudyBlock(nn.Module):
    def __init__(self, width, num_heads, hidden, sdpa):
        super().__init__()
        self.attention = Attention(width, num_heads, True, sdpa)
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(width), nn.LayerNorm(width), nn.LayerNorm(hidden)
        self.dense1, self.dense2 = nn.Linear(width, hidden), nn.Linear(hidden, width)

    def forward(self, x):
        x = x + self.attention(F.relu(self.norm1(x)))
        return x + self.dense2(F.relu(self.norm3(self.dense1(F.relu(self.norm2(x))))))


class Vit(nn.Module):
    def __init__(self, inputShape, patchSize, embedDim, depth, numHeads, hiddenDim, numClasses, sdpa, **_):
        super().__init__()
        height, width, channels = inputShape
        self.embed = nn.Conv2d(channels, embedDim, patchSize, patchSize)
        self.token = nn.Parameter(torch.randn(1, 1, embedDim))
        self.position = nn.Parameter(torch.randn(1, height // patchSize * (width // patchSize) + 1, embedDim))
        self.blocks = nn.ModuleList(StudyBlock(embedDim, numHeads, hiddenDim, sdpa) for _ in range(depth))
        self.head = nn.Linear(embedDim, numClasses)

    def forward(self, x):
        x = self.embed(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(x), -1, -1), x], 1) + self.position
        for block in self.blocks:
            x = block(x)
        return self.head(x[:, 0])


class CompactBlock(nn.Module):
    def __init__(self, width, num_heads, ratio, sdpa):
        super().__init__()
        self.attention = Attention(width, num_heads, False, sdpa)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.dense1, self.dense2 = nn.Linear(width, width * ratio), nn.Linear(width * ratio, width)

    def forward(self, x):
        x = self.norm2(x + self.attention(self.norm1(x)))
        return x + self.dense2(F.gelu(self.dense1(x)))


class Compact(nn.Module):
    def __init__(self, inputShape, kernelSize, convLayers, convFilters, embedDim, depth, numHeads, mlpRatio, numClasses, sdpa, **_):
        super().__init__()
        widths = [inputShape[2], *[convFilters] * (convLayers - 1), embedDim]
        stride = max(1, kernelSize // 2 - 1)
        steps = [(nn.Conv2d(a, b, kernelSize, stride, kernelSize // 2, bias=False), nn.ReLU(), nn.MaxPool2d(3, 2, 1)) for a, b in zip(widths, widths[1:])]
        self.tokenizer = nn.Sequential(*(module for step in steps for module in step))
        tokens = self.tokenizer(torch.zeros(1, inputShape[2], *inputShape[:2])).flatten(2).shape[2]
        self.position = nn.Parameter(torch.randn(1, tokens, embedDim) * 0.2)
        self.blocks = nn.ModuleList(CompactBlock(embedDim, numHeads, mlpRatio, sdpa) for _ in range(depth))
        self.norm, self.pool, self.head = nn.LayerNorm(embedDim), nn.Linear(embedDim, 1), nn.Linear(embedDim, numClasses)

    def forward(self, x):
        x = self.tokenizer(x).flatten(2).transpose(1, 2) + self.position
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        return self.head((self.pool(x).softmax(1).transpose(1, 2) @ x).squeeze(1))


class ResidualBlock(nn.Module):
    def __init__(self, channels, filters, stride):
        super().__init__()
        self.conv1, self.norm1 = nn.Conv2d(channels, filters, 3, stride, 1), nn.BatchNorm2d(filters)
        self.conv2, self.norm2 = nn.Conv2d(filters, filters, 3, 1, 1), nn.BatchNorm2d(filters)
        same = stride == 1 and channels == filters
        self.shortcut = nn.Identity() if same else nn.Sequential(nn.Conv2d(channels, filters, 1, stride), nn.BatchNorm2d(filters))

    def forward(self, x):
        y = self.norm2(self.conv2(F.relu(self.norm1(self.conv1(x)))))
        return F.relu(self.shortcut(x) + y)


class Resnet(nn.Module):
    def __init__(self, inputShape, blocks, filters, numClasses, **_):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(inputShape[2], filters[0], 7, 2, 3), nn.BatchNorm2d(filters[0]), nn.ReLU(), nn.MaxPool2d(3, 2, 1))
        channels, stages = filters[0], []
        for stage, (count, width) in enumerate(zip(blocks, filters)):
            for i in range(count):
                stages.append(ResidualBlock(channels, width, 2 if stage > 0 and i == 0 else 1))
                channels = width
        self.stages, self.head = nn.Sequential(*stages), nn.Linear(channels, numClasses)

    def forward(self, x):
        return self.head(self.stages(self.stem(x)).mean((2, 3)))


class AirbenchBlock(nn.Module):
    def __init__(self, channels, filters, momentum):
        super().__init__()
        self.convolutions = nn.ModuleList(nn.Conv2d(a, filters, 3, padding="same", bias=False) for a in (channels, filters))
        self.norms = nn.ModuleList(nn.BatchNorm2d(filters, eps=1e-12, momentum=momentum) for _ in range(2))
        for norm in self.norms:
            norm.weight = None  # no scale

    def forward(self, x):
        x = F.gelu(self.norms[0](F.max_pool2d(self.convolutions[0](x), 2)))
        return F.gelu(self.norms[1](self.convolutions[1](x)))


class Airbench(nn.Module):
    def __init__(self, inputShape, widths, whitenKernelSize, batchNormMomentum, logitScale, numClasses, **_):
        super().__init__()
        height, width, channels = inputShape
        whitened = 2 * channels * whitenKernelSize**2
        self.whiten = nn.Conv2d(channels, whitened, whitenKernelSize)
        self.blocks = nn.Sequential(*(AirbenchBlock(a, b, batchNormMomentum) for a, b in zip([whitened, *widths], widths)))
        side = [size - whitenKernelSize + 1 for size in (height, width)]
        for _ in widths:
            side = [size // 2 for size in side]
        self.head, self.scale = nn.Linear(widths[-1] * (side[0] // 3) * (side[1] // 3), numClasses, bias=False), logitScale

    def forward(self, x):
        x = F.max_pool2d(self.blocks(F.gelu(self.whiten(x))), 3)
        return self.scale * self.head(x.flatten(1))


NETWORKS = {"plain_cnn": PlainCnn, "cnn_self_attention": CnnSelfAttention, "vit": Vit, "compact_transformer": Compact, "resnet": Resnet, "airbench": Airbench}
