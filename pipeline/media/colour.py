"""RGB to and from the NV12 that pictures are encoded in (BT.709, limited range)."""

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
"""Shape [height, width, 3]."""
Nv12 = NDArray[np.uint8]
"""Shape [height * 3 / 2, width]: rows of luma, then half as many of Cb and Cr in turn."""

KR, KB = 0.2126, 0.0722  # ITU-R BT.709-6, item 3.2
_KG = 1 - KR - KB
_Y = np.array([KR, _KG, KB]) * 219 / 255
_CB = np.array([-KR, -_KG, 1 - KB]) / (2 * (1 - KB)) * 224 / 255
_CR = np.array([1 - KR, -_KG, -KB]) / (2 * (1 - KR)) * 224 / 255
_TO_YCC = np.column_stack([np.stack([_Y, _CB, _CR]), [16.0, 128.0, 128.0]])
_TO_RGB = np.linalg.inv(_TO_YCC[:, :3])


def luma_of(picture: Nv12) -> NDArray[np.uint8]:
    """The rows of luma, as a view: [height, width]."""
    return picture[: picture.shape[0] * 2 // 3]


def chroma_of(picture: Nv12) -> NDArray[np.uint8]:
    """Cb and Cr, as a view: [height / 2, width / 2, 2]."""
    rows = picture.shape[0] // 3
    return picture[rows * 2 :].reshape(rows, picture.shape[1] // 2, 2)


def blank(size: tuple[int, int]) -> Nv12:
    """Black, of ``size`` = width and height, both even."""
    picture = np.full((size[1] * 3 // 2, size[0]), 128, np.uint8)
    picture[: size[1]] = 16
    return picture


def to_ycc(rgb: Rgb) -> NDArray[np.uint8]:
    """Full-resolution Y, Cb, Cr: [height, width, 3]."""
    return np.asarray(cv2.transform(rgb, _TO_YCC), np.uint8)


def to_nv12(rgb: Rgb) -> Nv12:
    """Both sides must be even."""
    height, width = rgb.shape[:2]
    ycc = to_ycc(rgb)
    picture = blank((width, height))
    luma_of(picture)[:] = ycc[..., 0]
    half = (width // 2, height // 2)
    chroma_of(picture)[:] = cv2.resize(ycc[..., 1:], half, interpolation=cv2.INTER_AREA)
    return picture


def to_rgb(picture: Nv12) -> Rgb:
    """For looking at; [height, width, 3]."""
    luma = luma_of(picture)
    chroma = cv2.resize(chroma_of(picture), luma.shape[::-1], interpolation=cv2.INTER_LINEAR)
    ycc = np.dstack([luma, chroma]).astype(np.float32) - (16.0, 128.0, 128.0)
    rgb: Rgb = np.clip(np.rint(ycc @ _TO_RGB.T), 0, 255).astype(np.uint8)
    return rgb
