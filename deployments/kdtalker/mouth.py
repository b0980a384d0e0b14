"""Draws the lower face: two sheets of skin, and between them what is inside the mouth."""

import cv2
import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.field import Grid, Maps, Patch, patch_round, smoothstep
from deployments.kdtalker.inside import Inside
from deployments.kdtalker.landmarks import OVAL
from deployments.kdtalker.lips import SHEET_MOVES, Sheet, sheets
from deployments.kdtalker.measure import Measure
from pipeline.media.compose import Planes

Floats = NDArray[np.floating]
Bytes = NDArray[np.uint8]

ROUND = SHEET_MOVES.index("round")
CUBIC_PIXELS = 120_000
"""A larger patch shows a portrait enlarged or in fine detail: there linear looks the same."""
SUBPIXEL_BITS = 4
FULL_HOLE_PIXELS = 2.0
SETTLED = 0.15
"""Movements below this are on the way to rest."""
OPENS = 0.16, 0.34
"""Lips go up and down no farther, in noses to chin."""
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
        small = self.patch.width * self.patch.height <= CUBIC_PIXELS
        self._method = cv2.INTER_CUBIC if small else cv2.INTER_LINEAR
        self._grid = Grid(self.patch)
        self._sheets = sheets(face, portrait.luma)
        self._fields = [self._field(sheet) for sheet in self._sheets]
        self._edges = [sheet.moves.at(sheet.edge) for sheet in self._sheets]
        self._rest = [sheet.edge - self.patch.corner for sheet in self._sheets]
        self._sideways = face.across * SIDEWAYS * face.half_mouth
        self._down = face.down * face.height
        self._fade = self._fading(face)
        self._soft = max(1, round(face.width / 220)) * 2 + 1
        self._round = self._round_lips()
        self._inside = self._what_is_inside()

    def draw(self, moves: Floats, onto: Planes) -> None:
        """Draws ``moves`` [7], in the order of ``SHEET_MOVES``, over the face in ``onto``."""
        upper, lower = (
            rest + np.tensordot(moves, edge, 1)
            for rest, edge in zip(self._rest, self._edges, strict=True)
        )
        shown = self._warp(0, moves).draw(self._portrait, self._method, solid=True)
        self._open(shown, upper, lower, float(moves[ROUND]))
        target = self._here(onto)
        self._lay_lower(shown, target, lower, moves)
        target.luma[:], target.chroma[:] = shown.luma, shown.chroma
        self._settle(target, float(np.abs(moves).max()))

    def _open(self, shown: Planes, upper: Floats, lower: Floats, pursed: float) -> None:
        """Draws what is between the lips."""
        opening = float(np.maximum((lower - upper) @ self._face.down, 0).max())
        hole = self._hole(upper, lower) * min(opening / FULL_HOLE_PIXELS, 1)
        _lay(_part(shown, self._round), self._inside.draw(hole, opening, pursed), hole)

    def _lay_lower(self, shown: Planes, target: Planes, edge: Floats, moves: Floats) -> None:
        """Draws the lower sheet, which has the outline of the face, over the upper one."""
        outline = self._below(edge)
        top = max(int(outline[:, 1].min()) - self._soft, 0) // 2 * 2 if self._solid else 0
        rows = Patch(0, top, self.patch.width, self.patch.height - top)
        maps = self._warp(1, moves).part(rows.left, rows.top, rows.width, rows.height)
        lower = maps.draw(self._portrait, self._method, self._solid)
        _lay(_part(shown, rows), lower, self._filled(outline, rows) * self._fade[top:])
        if lower.alpha is not None and target.alpha is not None:
            assert lower.alpha_half is not None
            assert target.alpha_half is not None
            target.alpha[:], target.alpha_half[:] = lower.alpha, lower.alpha_half

    def _round_lips(self) -> Patch:
        """The rectangle of the patch that no opening leaves."""
        size = (self.patch.width, self.patch.height)
        lips = np.concatenate(self._rest)
        chin = self._face.nose_to_chin * self._face.down
        most = np.stack([lips - OPENS[0] * chin, lips + OPENS[1] * chin])
        return patch_round(most.reshape(-1, 2), 0.1 * self._face.half_mouth, size)

    def _what_is_inside(self) -> Inside:
        here, lips = self._here(self._portrait), self._round
        inner = (self._rest[0] - lips.corner, self._rest[1] - lips.corner)
        left, top = self.patch.left + lips.left, self.patch.top + lips.top
        at = Patch(left, top, lips.width, lips.height)
        skin = float(np.percentile(here.luma, 70)) - 16
        return Inside(_part(here, lips), self._face, at, inner, skin)

    def _settle(self, target: Planes, most: float) -> None:
        """Near rest, the portrait's own pixels shine through, so that nothing jumps at the end."""
        share = float(smoothstep(most / SETTLED))
        if share < 1:
            own = self._here(self._portrait)
            cv2.addWeighted(target.luma, share, own.luma, 1 - share, 0, target.luma)
            cv2.addWeighted(target.chroma, share, own.chroma, 1 - share, 0, target.chroma)

    def _field(self, sheet: Sheet) -> Floats:
        return sheet.moves.at(self._grid.nodes) * self._grid.edge()

    def _warp(self, sheet: int, moves: Floats) -> Maps:
        mixed = np.tensordot(moves, self._fields[sheet], 1)
        return self._grid.maps(self._grid.inverse(mixed))

    def _here(self, planes: Planes) -> Planes:
        patch = self.patch
        return planes.part(patch.left, patch.top, patch.width, patch.height)

    def _hole(self, upper: Floats, lower: Floats) -> Floats:
        """How much of each pixel round the lips is inside the mouth, as far as the upper lip goes:
        [h, w] of ``_round``."""
        # the lower lip is laid over it, so the hole may reach a little under it
        under = np.maximum(lower - upper, 0) + upper + 0.004 * self._down
        return self._filled(np.concatenate([upper, under[::-1]]), self._round)

    def _below(self, edge: Floats) -> Floats:
        """The outline of the lower sheet: [n, 2]."""
        ends = [edge[0] - self._sideways, edge[-1] + self._sideways]
        corners = [ends[1] + self._down, ends[0] + self._down]
        return np.stack([ends[0], *edge, ends[1], *corners])

    def _filled(self, outline: Floats, within: Patch) -> Floats:
        """How much of each pixel ``within`` a rectangle of the patch is inside: [h, w]."""
        mask = np.zeros((within.height, within.width), np.uint8)
        fixed = np.round((outline - within.corner) * (1 << SUBPIXEL_BITS)).astype(np.int32)
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


def _part(planes: Planes, at: Patch) -> Planes:
    return planes.part(at.left, at.top, at.width, at.height)


def _lay(shown: Planes, layer: Planes, mask: Floats) -> None:
    """A layer over what is shown, through its mask."""
    half = _half(mask)
    shown.luma[:] = cv2.blendLinear(layer.luma, shown.luma, mask, 1 - mask)
    shown.chroma[:] = cv2.blendLinear(layer.chroma, shown.chroma, half, 1 - half)


def _half(mask: Floats) -> Floats:
    size = (mask.shape[1] // 2, mask.shape[0] // 2)
    return np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_AREA), np.float32)
