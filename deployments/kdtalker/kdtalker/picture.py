"""Pixels of a portrait: cut out, scaled for the nets, put back (SPEC 1, 7.4, 8)."""

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from deployments.kdtalker.kdtalker.crop import OUTPUT, Framing, Rectangle

Rgb = NDArray[np.uint8]
"""[height, width, 3]"""
Mask = NDArray[np.float32]
"""[height, width, 3] in 0..1"""
INPUT = 256
"""Side of what the nets look at."""


def cut(portrait: Rgb, rectangle: Rectangle) -> Rgb:
    """KDTalker's crop, of any aspect."""
    width, height = rectangle.size
    if (width, height) != (portrait.shape[1], portrait.shape[0]):
        portrait = _rgb(cv2.resize(portrait, (width, height), interpolation=cv2.INTER_LINEAR))
    left, top, right, bottom = rectangle.box()
    return portrait[top:bottom, left:right]


def squashed(crop: Rgb) -> Rgb:
    """KDTalker's 256 × 256, whatever the aspect was."""
    return _rgb(cv2.resize(crop, (INPUT, INPUT), interpolation=cv2.INTER_LINEAR))


def cut_square(portrait: Rgb, framing: Framing) -> Rgb:
    """LivePortrait's crop, 512 × 512; black outside the portrait."""
    size = (OUTPUT, OUTPUT)
    return _rgb(cv2.warpAffine(portrait, framing.to_crop[:2], size, flags=cv2.INTER_LINEAR))


def averaged(crop: Rgb) -> Rgb:
    """LivePortrait's 256 × 256 of its crop."""
    return _rgb(cv2.resize(crop, (INPUT, INPUT), interpolation=cv2.INTER_AREA))


def as_input(picture: Rgb, device: torch.device | None = None) -> Tensor:
    """[256, 256, 3] to [1, 3, 256, 256] in 0..1."""
    whole = torch.from_numpy(np.ascontiguousarray(picture)).to(device)
    return whole.permute(2, 0, 1)[None].float() / 255


def mask_in_portrait(template: Rgb, framing: Framing, width: int, height: int) -> Mask:
    """Where the crop shows in the portrait; once a portrait."""
    there = _warped_back(template, framing, width, height)
    return np.asarray(there.astype(np.float32) / 255, np.float32)


def put_back(crop: Rgb, portrait: Rgb, framing: Framing, mask: Mask) -> Rgb:
    """A 512 × 512 picture where the crop came from."""
    height, width = portrait.shape[:2]
    there = _warped_back(crop, framing, width, height)
    mixed = mask * there + (1 - mask) * portrait
    return np.clip(mixed, 0, 255).astype(np.uint8)


def _warped_back(picture: Rgb, framing: Framing, width: int, height: int) -> Rgb:
    size = (width, height)
    return _rgb(cv2.warpAffine(picture, framing.to_picture[:2], size, flags=cv2.INTER_LINEAR))


def _rgb(picture: NDArray[np.generic]) -> Rgb:
    return np.asarray(picture, np.uint8)
