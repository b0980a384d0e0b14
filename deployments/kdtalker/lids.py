"""Blinks: the portrait's own skin between lid and brow is drawn down over the eye."""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.field import Grid, Spline, patch_round
from deployments.kdtalker.landmarks import LEFT_BROW, LEFT_LID_ROWS, RIGHT_BROW, RIGHT_LID_ROWS
from deployments.kdtalker.measure import Measure
from pipeline.media.compose import Planes

Floats = NDArray[np.floating]

OUTLINE = 33
ROWS_FOLLOW = (0.60, 0.18)
"""How far the crease above the lid, and the skin above that, come down with it."""
FOLLOWS = np.array([0, 0.8, 1, 1, 1, 1, 1, 0.8, 0], np.float32)[:, None]
"""Along those rows: their ends are skin beside the eye."""
LASHES, MARGIN = 0.07, 0.13
"""Lashes hang so far into the opening and go with the lid; so far below it a shut lid ends, from
corner to corner, for the model sets lower lids too high. In heights of the opening."""
SMALLEST_PIXELS = 2.0
"""An opening lower than this is a shut eye or none: it stays as it is."""
OUTER, INNER, FULLNESS = 0.10, 0.05, 0.9
BESIDE, UNDER = 0.15, 0.5
"""How far beside the eye it may still show white, and where below it skin is found: in heights of
the opening."""
SIDEWAYS = 0.45
"""How far beyond its corners the eye's outline is followed, in half eyes, fading."""


class Lid:
    """One eye's upper lid."""

    def __init__(self, portrait: Planes, face: Measure, right: bool) -> None:
        upper, lower = _corner_to_corner(face.lids[0 if right else 1], face.down)
        rows = RIGHT_LID_ROWS if right else LEFT_LID_ROWS
        brow = face.points[list(RIGHT_BROW if right else LEFT_BROW), :2]
        skin = [face.points[list(row), :2] for row in rows]
        opening = lower - upper
        self.opens = float((opening @ face.down).max()) >= SMALLEST_PIXELS
        size = (portrait.luma.shape[1], portrait.luma.shape[0])
        still = np.concatenate([brow, _ring(np.concatenate([upper, lower]), face)])
        self._own = portrait
        self.patch = patch_round(np.concatenate([upper, lower, *skin, still]), 4, size)
        self._grid = Grid(self.patch)
        travel = opening + MARGIN * _below(opening)
        self._points = np.concatenate([upper, *skin, still])
        moves = [travel, *(opening[1:-1] * share * FOLLOWS for share in ROWS_FOLLOW), still * 0]
        self._moves = np.concatenate(moves).astype(np.float32)
        self._shut = _without_white(portrait, upper, lower)
        self._skin = _without_eye(
            self._shut, np.concatenate([upper + LASHES * opening, (upper + travel)[::-1]])
        )
        self._edge = _smooth(upper + LASHES * opening) - self.patch.corner
        self._edge_moves = _smooth(travel - LASHES * opening)
        self._middle = np.concatenate([upper, lower]).mean(0) - self.patch.corner
        self._half_eye = face.across * float(np.ptp(upper @ face.across)) / 2
        self._up = face.down * 2 * (self.patch.width + self.patch.height)
        self._drawn: dict[float, Planes] = {}

    def draw(self, shut: float, onto: Planes) -> None:
        """``shut`` is 0 for the portrait's own gaze and 1 for a closed eye.

        Each ``shut`` is drawn once and kept: a blink has only a few.
        """
        if shut not in self._drawn:
            self._drawn[shut] = self._lid(shut)
        drawn, patch = self._drawn[shut], self.patch
        target = onto.part(patch.left, patch.top, patch.width, patch.height)
        target.luma[:] = drawn.luma
        target.chroma[:] = drawn.chroma

    def _lid(self, shut: float) -> Planes:
        patch = self.patch
        under = self._shut if shut == 1 else self._own
        own = under.part(patch.left, patch.top, patch.width, patch.height)
        if shut == 0:
            return own
        moved = self._moves * np.float32(shut)
        # from where it goes to where it comes from: no inverse to approximate
        back = Spline(self._points + moved, -moved[None], 2e-3).at(self._grid.nodes)[0]
        skin = self._grid.maps(back * self._grid.edge()).draw(self._skin, cv2.INTER_CUBIC)
        mask = self._over(self._edge + self._edge_moves * shut)
        half = _half(mask)
        luma = cv2.blendLinear(skin.luma, own.luma, mask, 1 - mask)
        chroma = cv2.blendLinear(skin.chroma, own.chroma, half, 1 - half)
        return Planes(np.asarray(luma, np.uint8), np.asarray(chroma, np.uint8))

    def _over(self, edge: Floats) -> Floats:
        """1 where the lid's skin is, 0 below its edge and far beyond the corners: [h, w]."""
        outwards = np.sign(float((edge[0] - edge[-1]) @ self._half_eye)) * self._half_eye
        ends = (edge[0] + SIDEWAYS * outwards, edge[-1] - SIDEWAYS * outwards)
        outline = np.stack([ends[0], *edge, ends[1], ends[1] - self._up, ends[0] - self._up])
        mask = np.zeros((self.patch.height, self.patch.width), np.uint8)
        cv2.fillPoly(mask, [np.round(outline * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        return np.asarray(cv2.blur(mask, (3, 3)) * self._fading(), np.float32)

    def _fading(self) -> Floats:
        """1 / 255 over the eye, 0 where the outline ends: [h, w]."""
        x, y = np.meshgrid(np.arange(self.patch.width), np.arange(self.patch.height))
        along = (np.stack([x, y], -1) - self._middle) @ self._half_eye
        along = np.abs(along) / float(self._half_eye @ self._half_eye)
        fade = np.clip((1 + SIDEWAYS - along) / (SIDEWAYS - 0.1), 0, 1)
        return np.asarray(fade / 255, np.float32)


def _corner_to_corner(lids: Floats, down: Floats) -> tuple[Floats, Floats]:
    """Both lids from end to end of the eye, point over point: [11, 2] each.

    The model sets its corners where it sees white, too far in for a drawn eye: they are moved out,
    and the eye is taken to be at least as open as an ellipse of its height.
    """
    upper, lower = lids
    longways = upper[-1] - upper[0]
    ends = (upper[0] - OUTER * longways, upper[-1] + INNER * longways)
    middle = np.stack([ends[0], *((upper + lower) / 2), ends[1]])
    along = (middle - middle[0]) @ longways / float((ends[1] - ends[0]) @ longways)
    ellipse = np.sqrt(np.clip(1 - (2 * along - 1) ** 2, 0, 1))
    seen = np.pad((lower - upper) @ down, 1)
    height = np.maximum(seen, FULLNESS * ellipse * seen.max())
    half = height[:, None] / 2 * down
    return np.asarray(middle - half, np.float32), np.asarray(middle + half, np.float32)


def _without_eye(portrait: Planes, outline: Floats) -> Planes:
    """Lashes and skin grown over the opening: a warp that is not exact must draw no white down.

    Tints stay: white has none, and goes with lashes as well.
    """
    skin = portrait.copy()
    eye = patch_round(outline, 8, (portrait.luma.shape[1], portrait.luma.shape[0]))
    part = skin.part(eye.left, eye.top, eye.width, eye.height)
    mask = np.zeros(part.luma.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(outline - eye.corner).astype(np.int32)], 255)
    part.luma[:] = cv2.inpaint(part.luma, mask, 2, cv2.INPAINT_TELEA)
    return skin


def _without_white(portrait: Planes, upper: Floats, lower: Floats) -> Planes:
    """What is under a shut lid: nothing in or beside the eye is brighter than the skin below it."""
    shut, height = portrait.copy(), float(np.linalg.norm(lower - upper, axis=1).max())
    outline, reach = np.concatenate([upper, lower[::-1]]), round(BESIDE * height)
    eye = patch_round(outline, reach + 2, (portrait.luma.shape[1], portrait.luma.shape[0]))
    part = shut.part(eye.left, eye.top, eye.width, eye.height)
    luma, tint = _skin_at(portrait, (lower + UNDER * (lower - upper))[3:-3])
    around = np.round(outline - eye.corner).astype(np.int32)
    mask = cv2.fillPoly(np.zeros_like(part.luma), [around], 1)
    mask = cv2.polylines(mask, [around], True, 1, 2 * reach + 1)
    white = (mask > 0) & (part.luma > luma)
    part.luma[white] = luma
    part.chroma[_half(white.astype(np.float32)) > 0] = tint
    return shut


def _skin_at(portrait: Planes, points: Floats) -> tuple[np.uint8, NDArray[np.uint8]]:
    """The median of luma, and of chroma [2]."""
    height, width = portrait.luma.shape
    x, y = np.clip(np.round(points).astype(int), 0, (width - 1, height - 1)).T
    tint = np.median(portrait.chroma[y // 2, x // 2], axis=0)
    return np.uint8(np.median(portrait.luma[y, x])), tint.astype(np.uint8)


def _below(opening: Floats) -> Floats:
    """The greatest opening, all along the lid but in its very corners: [11, 2]."""
    heights = np.linalg.norm(opening, axis=1)
    along = np.linspace(0, np.pi, len(opening), dtype=np.float32)
    return np.asarray(np.sqrt(np.sin(along).clip(0))[:, None] * opening[heights.argmax()])


def _ring(eye: Floats, face: Measure) -> Floats:
    """Points round the eye that stay where they are."""
    middle, reach = eye.mean(0), np.ptp(eye @ face.across) * 0.75
    angles = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    circle = np.cos(angles)[:, None] * face.across + 0.85 * np.sin(angles)[:, None] * face.down
    return np.asarray(middle + reach * circle, np.float32)


def _smooth(line: Floats) -> Floats:
    finer = cv2.resize(line[None], (OUTLINE, 1), interpolation=cv2.INTER_CUBIC)[0]
    finer[0], finer[-1] = line[0], line[-1]
    return np.asarray(finer, np.float32)


def _half(mask: Floats) -> Floats:
    size = (mask.shape[1] // 2, mask.shape[0] // 2)
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)
