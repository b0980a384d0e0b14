"""A portrait on its stage, its face drawn anew in every picture: what KDTalker's faces end in."""

from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from deployments.kdtalker.cut import Matrix, cut, square, to_shown
from deployments.kdtalker.face import Face, on_grey
from deployments.kdtalker.patched import Patched
from deployments.kdtalker.soft_mask import soft_mask
from deployments.kdtalker.staging import set_stage
from pipeline.engines import VideoRequest
from pipeline.media.colour import Nv12, Rgb, to_rgb
from pipeline.media.compose import Stage
from pipeline.media.picture import Rgba


class Pasted:
    """One scene's pictures: the portrait on its stage, its face drawn anew in every one.

    ``crop`` [512, 512, 3] is what the model looks at: the face upright; behind a portrait that is
    cut out, what it stands before. So it belongs to the background and the layout too.
    """

    def __init__(self, ask: VideoRequest, portrait: Rgba, face: Face) -> None:
        """``portrait`` [h, w, 4] as ``read_picture`` gives it, with the ``face`` found in it."""
        self._stage = set_stage(ask, portrait, face)
        self._square = square(face)
        self.crop = _looked_at(self._stage, portrait, self._square)
        points = cv2.transform(face.landmarks[None, :, :2], np.linalg.inv(self._square)[:2])[0]
        size = (portrait.shape[1], portrait.shape[0])
        self._mask = soft_mask(np.asarray(points), self._square, size)

    @property
    def shows_face(self) -> bool:
        """False where the layout has no presenter: what the faces are does not matter."""
        return self._stage.placed is not None

    def pictures(self, faces: Iterable[Rgb]) -> Iterator[Nv12]:
        """The frame for each of ``faces`` [512, 512, 3], which show what ``crop`` shows; one array,
        drawn over again for each. The first face is taken to be at rest."""
        patched = self._patched()
        for face in faces:
            if patched is not None:
                patched.show(face)
            yield self._stage.picture

    def _patched(self) -> Patched | None:
        stage = self._stage
        if stage.placed is None or stage.presenter is None:
            return None
        shown = to_shown(stage.placed) @ self._square
        return Patched(stage, stage.presenter, shown, self._mask, self.crop)


def _looked_at(stage: Stage, portrait: Rgba, crop: Matrix) -> Rgb:
    if portrait[..., 3].min() == 255:
        return cut(np.ascontiguousarray(portrait[..., :3]), crop)
    if stage.placed is None:
        return cut(on_grey(portrait), crop)
    at = stage.placed.at
    in_frame = np.array([[1, 0, at.left], [0, 1, at.top], [0, 0, 1]]) @ to_shown(stage.placed)
    return _before(cut(to_rgb(stage.behind), in_frame @ crop), _figure(portrait, crop))


def _figure(portrait: Rgba, crop: Matrix) -> Rgba:
    """Cut with its colours multiplied with alpha, so that its outline keeps clean."""
    alpha = portrait[..., 3:]
    colour = (portrait[..., :3] * (alpha / np.float32(255))).round()
    return cut(np.dstack([colour, alpha]).astype(np.uint8), crop)


def _before(ground: Rgb, figure: Rgba) -> Rgb:
    hidden = ground * (1 - figure[..., 3:] / np.float32(255))
    return np.clip(np.rint(hidden + figure[..., :3]), 0, 255).astype(np.uint8)
