"""The speaker network (SPEC 9.1): a ResNet with SimAM attention, attentive statistics pooling."""

import torch
from torch import Tensor, nn

from deployments.zyphra.zonos.mel import BANDS

BLOCKS = (10, 20, 64, 3)
PLANES = 64
EMBEDDING, LDA = 256, 128
ATTENTION = 128
SIMAM_LAMBDA = 1e-4
LEAST_VARIANCE = 1e-5


class Block(nn.Module):
    def __init__(self, inputs: int, planes: int, stride: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, planes, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or inputs != planes:
            shortcut = nn.Conv2d(inputs, planes, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(planes))

    def forward(self, x: Tensor) -> Tensor:
        inner = self.bn2(self.conv2(torch.relu(self.bn1(self.conv1(x)))))
        return torch.relu(_simam(inner) + self.downsample(x))


def _simam(x: Tensor) -> Tensor:
    """Weights every position by how far it stands out of its channel."""
    distance = (x - x.mean((2, 3), keepdim=True)) ** 2
    variance = distance.sum((2, 3), keepdim=True) / (x.shape[2] * x.shape[3] - 1)
    return x * torch.sigmoid(distance / (4 * (variance + SIMAM_LAMBDA)) + 0.5)


class Front(nn.Module):
    """Mel features [batch, 80, frames] -> [batch, 8 planes, 10, frames / 8]."""

    def __init__(self, planes: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, planes, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.layer1 = _stage(planes, planes, BLOCKS[0], 1)
        self.layer2 = _stage(planes, planes * 2, BLOCKS[1], 2)
        self.layer3 = _stage(planes * 2, planes * 4, BLOCKS[2], 2)
        self.layer4 = _stage(planes * 4, planes * 8, BLOCKS[3], 2)

    def forward(self, features: Tensor) -> Tensor:
        x = torch.relu(self.bn1(self.conv1(features[:, None])))
        out: Tensor = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return out


def _stage(inputs: int, planes: int, blocks: int, stride: int) -> nn.Sequential:
    rest = (Block(planes, planes, 1) for _ in range(blocks - 1))
    return nn.Sequential(Block(inputs, planes, stride), *rest)


class Pooling(nn.Module):
    """Mean and deviation over time, weighted by attention: [batch, c, h, t] -> [batch, 2 c h]."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.attention = nn.Sequential(
            nn.Conv1d(channels, ATTENTION, 1),
            nn.ReLU(),
            nn.BatchNorm1d(ATTENTION),
            nn.Conv1d(ATTENTION, channels, 1),
            nn.Softmax(dim=2),
        )

    def forward(self, x: Tensor) -> Tensor:
        x = x.flatten(1, 2)
        weights = self.attention(x)
        mean = (x * weights).sum(2)
        variance = (x**2 * weights).sum(2) - mean**2
        return torch.cat([mean, variance.clamp(min=LEAST_VARIANCE).sqrt()], 1)


class SpeakerNetwork(nn.Module):
    """Features [batch, 80, frames] -> embedding [batch, 256]. ``planes`` is 64 officially."""

    def __init__(self, planes: int = PLANES) -> None:
        super().__init__()
        channels = planes * 8 * (BANDS // 8)
        self.front = Front(planes)
        self.pooling = Pooling(channels)
        self.bottleneck = nn.Linear(2 * channels, EMBEDDING)

    def forward(self, features: Tensor) -> Tensor:
        out: Tensor = self.bottleneck(self.pooling(self.front(features)))
        return out
