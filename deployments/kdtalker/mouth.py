"""Draws the lower face: two sheets of skin, and between them what is inside the mouth."""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.field import Grid, patch_round, smoothstep
from deployments.kdtalker.inside import Inside
from deployments.kdtalker.landmarks import OVAL
from deployments.kdtalker.lips import SHEET_MOVES, Sheet, sheets
from deployments.kdtalker.measure import Measure
from pipeline.media.compose import Planes

Floats = NDArray[np.floating]
Bytes = NDArray[np.uint8]

ROUND = SHEET_MOVES.index("round")
SUBPIXEL_BITS = 4
FULL_HOLE_PIXELS = 2.0
SETTLED = 0.15
"""Movements below this are on the way to rest."""
SIDEWAYS = 0.6
"""How far beyond its corners the mouth's tear is followed, in half mouths, fading."""


class Mouth:
    def __init__(self, portrait: Planes, face: Measure) -> None:
        self._portrait, self._face = portrait, face
        size = (portrait.luma.shape[1], portrait.luma.shape[0])
        lower = face.points[[i for i in OVAL if face.seen(face.points[i, :2])[1] > -0.4], :2]
        self.patch = patch_round(lower, 0.16 * face.width, size)
        alpha = self._here(portrait).alpha
        # fields are nothing at the rim: what is drawn comes from inside
        self._solid = alpha is None or bool(alpha.min() == 255)
        self._grid = Grid(self.patch)
        self._sheets = sheets(face, portrait.luma)
        self._fields = [self._field(sheet) for sheet in self._sheets]
        self._edges = [sheet.moves.at(sheet.edge) for sheet in self._sheets]
        self._rest = [sheet.edge - self.patch.corner for sheet in self._sheets]
        self._sideways = face.across * SIDEWAYS * face.half_mouth
        self._down = face.down * face.height
        self._fade = self._fading(face)
        self._soft = max(1, round(face.width / 220)) * 2 + 1
        opening = (self._rest[0], self._rest[1])
        self._inside = Inside(self._here(portrait), face, self.patch, opening)

    def draw(self, moves: Floats, onto: Planes) -> None:
        """Draws ``moves`` [7], in the order of ``SHEET_MOVES``, over the face in ``onto``."""
        # of the two sheets the lower one has the outline of the face
        upper = self._drawn(self._fields[0], moves, True)
        lower = self._drawn(self._fields[1], moves, self._solid)
        upper_edge, lower_edge = (
            rest + np.tensordot(moves, edge, 1)
            for rest, edge in zip(self._rest, self._edges, strict=True)
        )
        target = self._here(onto)
        opening = float(np.maximum((lower_edge - upper_edge) @ self._face.down, 0).max())
        hole = self._hole(upper_edge, lower_edge) * min(opening / FULL_HOLE_PIXELS, 1)
        inside = self._inside.draw(hole, opening, float(moves[ROUND]))
        torn = self._below(lower_edge)
        _lay(target.luma, (upper.luma, inside.luma, lower.luma), (hole, torn))
        halves = (_half(hole), _half(torn))
        _lay(target.chroma, (upper.chroma, inside.chroma, lower.chroma), halves)
        self._settle(target, float(np.abs(moves).max()))
        if target.alpha is not None and target.alpha_half is not None and not self._solid:
            assert lower.alpha is not None
            assert lower.alpha_half is not None
            target.alpha[:] = lower.alpha
            target.alpha_half[:] = lower.alpha_half

    def _settle(self, target: Planes, most: float) -> None:
        """Near rest, the portrait's own pixels shine through, so that nothing jumps at the end."""
        share = float(smoothstep(most / SETTLED))
        if share < 1:
            own = self._here(self._portrait)
            cv2.addWeighted(target.luma, share, own.luma, 1 - share, 0, target.luma)
            cv2.addWeighted(target.chroma, share, own.chroma, 1 - share, 0, target.chroma)

    def _field(self, sheet: Sheet) -> Floats:
        return sheet.moves.at(self._grid.nodes) * self._grid.edge()

    def _drawn(self, field: Floats, moves: Floats, solid: bool) -> Planes:
        mixed = np.tensordot(moves, field, 1)
        maps = self._grid.maps(self._grid.inverse(mixed))
        return maps.draw(self._portrait, cv2.INTER_CUBIC, solid)

    def _here(self, planes: Planes) -> Planes:
        patch = self.patch
        return planes.part(patch.left, patch.top, patch.width, patch.height)

    def _hole(self, upper: Floats, lower: Floats) -> Floats:
        """How much of each pixel is inside the mouth, as far as the upper lip goes: [h, w]."""
        # the lower lip is laid over it, so the hole may reach a little under it
        under = np.maximum(lower - upper, 0) + upper + 0.004 * self._down
        return self._filled(np.concatenate([upper, under[::-1]]))

    def _below(self, edge: Floats) -> Floats:
        """How much of each pixel is of the lower sheet: [h, w]."""
        ends = [edge[0] - self._sideways, edge[-1] + self._sideways]
        corners = [ends[1] + self._down, ends[0] + self._down]
        outline = np.stack([ends[0], *edge, ends[1], *corners])
        return self._filled(outline) * self._fade

    def _filled(self, outline: Floats) -> Floats:
        mask = np.zeros((self.patch.height, self.patch.width), np.uint8)
        fixed = np.round(outline * (1 << SUBPIXEL_BITS)).astype(np.int32)
        cv2.fillPoly(mask, [fixed], 255, cv2.LINE_AA, SUBPIXEL_BITS)
        soft = cv2.blur(mask, (self._soft, self._soft))
        return np.asarray(soft * np.float32(1 / 255), np.float32)

    def _fading(self, face: Measure) -> Floats:
        """1 over the mouth, 0 where beyond its corners both sheets are the same: [h, w]."""
        x, y = np.meshgrid(np.arange(self.patch.width), np.arange(self.patch.height))
        points = np.stack([x, y], axis=-1).astype(np.float32) + self.patch.corner
        across, _ = face.seen(points)
        fade = np.clip((1 + SIDEWAYS - np.abs(across)) / (SIDEWAYS - 0.15), 0, 1)
        return np.asarray(fade, np.float32)


def _lay(target: Bytes, layers: tuple[Bytes, ...], masks: tuple[Floats, Floats]) -> None:
    """The first layer, and the others over it, each through its mask."""
    shown = layers[0]
    for layer, mask in zip(layers[1:], masks, strict=True):
        shown = np.asarray(cv2.blendLinear(layer, shown, mask, 1 - mask), np.uint8)
    target[:] = shown


def _half(mask: Floats) -> Floats:
    size = (mask.shape[1] // 2, mask.shape[0] // 2)
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)
