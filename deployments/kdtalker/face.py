"""Where the face is in a portrait: BlazeFace finds it, a mesh of 468 points measures it.

The models are MediaPipe's (Apache-2.0), run by LiteRT. Anchors and decoding are those of the
BlazeFace paper (arXiv:1907.05047) and its published graph options; the crop for the mesh follows
the face mesh paper (arXiv:1907.06724): upright by the eyes, 1.5 times the box.
"""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import cv2
import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from deployments.kdtalker.landmarks import (
    LEFT_EYE_INNER,
    LEFT_EYE_OUTER,
    RIGHT_EYE_INNER,
    RIGHT_EYE_OUTER,
)
from pipeline.errors import (
    EngineUnavailable,
    FaceTilted,
    FaceTooSmall,
    NoFaceFound,
    SeveralFacesFound,
)
from pipeline.media.colour import Rgb
from pipeline.media.picture import Rgba, read_picture

Floats = NDArray[np.float32]
Affine = NDArray[np.float64]
"""Shape [2, 3]."""

FOLDER = "face"
DETECTORS = ("face_detection_back.tflite", "face_detection_short_range.tflite")
"""From far (a figure in a room) to near (a head that fills the picture)."""
MESH = "face_landmark.tflite"
EYE = "iris_landmark.tflite"

SURE = 0.6
PRESENT = 0.5
SAME_FACE = 0.3
"""Boxes that share more than this part of their union are one face."""
BYSTANDER = 0.35
"""A face below this part of the largest one's width is a picture on the wall."""
ENOUGH_PIXELS = 1280
"""A picture larger than this is looked at in a smaller copy."""
SMALLEST_PIXELS = 96
TILT_DEGREES = 25
MESH_CROP = 1.5
EYE_CROP = 2.3
"""Of the eye's width between its corners (iris model card, MediaPipe)."""
UPPER_LID = (0, 9, 10, 11, 12, 13, 14, 15, 8)
LOWER_LID = (0, 1, 2, 3, 4, 5, 6, 7, 8)
"""Among the 71 points of the eye model: from the outer corner to the inner one."""


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """A face, in pixels of its picture; x to the right, y down, z away from the camera.

    ``landmarks`` has shape [468, 3], numbered as in the face mesh. ``lids`` [2, 2, 9, 2]: the right
    eye's and the left one's, the upper and the lower, from the outer corner to the inner one.
    ``roll_degrees`` is positive when the head leans clockwise as seen in the picture.
    """

    landmarks: Floats
    lids: Floats
    roll_degrees: float

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the mesh."""
        low, high = self.landmarks[:, :2].min(0), self.landmarks[:, :2].max(0)
        return (int(low[0]), int(low[1]), int(np.ceil(high[0])), int(np.ceil(high[1])))

    @property
    def width(self) -> int:
        return self.box[2] - self.box[0]

    @property
    def size(self) -> int:
        """The longer side of the box."""
        return max(self.width, self.box[3] - self.box[1])


@dataclass(frozen=True, slots=True)
class FaceReport:
    """What is kept with a portrait. ``sharpness`` is the variance of the face's Laplacian at 128
    pixels of width: below about 30, the face is blurred."""

    box: tuple[int, int, int, int]
    roll_degrees: float
    sharpness: float
    width: int
    height: int


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A detection in pixels; ``eyes`` are the right and the left one: [2, 2]."""

    box: Floats
    eyes: Floats
    score: float


class FaceFinder:
    """Loads its models at the first use; safe to share between threads."""

    def __init__(self, models: Path) -> None:
        self._folder = models / FOLDER
        self._lock = Lock()
        self._nets: dict[str, Interpreter] = {}

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of the model files that are not there."""
        return tuple(
            name for name in (*DETECTORS, MESH, EYE) if not (self._folder / name).is_file()
        )

    def inspect_portrait(self, data: bytes) -> FaceReport:
        """Checks an uploaded portrait; raises what ``read_picture`` and ``find_face`` raise,
        and EngineUnavailable without the model files."""
        if self.missing:
            raise EngineUnavailable("puppet", "its model files; run `lectern models pull puppet`")
        picture = read_picture(data)
        face = self.find_face(picture)
        height, width = picture.shape[:2]
        return FaceReport(face.box, face.roll_degrees, _sharpness(picture, face), width, height)

    def find_face(self, picture: Rgba) -> Face:
        """The one face of a portrait.

        Raises NoFaceFound, SeveralFacesFound, FaceTooSmall, FaceTilted.
        """
        shrink = max(1.0, max(picture.shape[:2]) / ENOUGH_PIXELS)
        small = on_grey(_shrunk(picture, shrink))
        with self._lock:
            face = _grown(self._measure(small, self._only_face(small)), shrink)
        if face.size < SMALLEST_PIXELS:
            raise FaceTooSmall(face.size, SMALLEST_PIXELS)
        if abs(face.roll_degrees) > TILT_DEGREES:
            raise FaceTilted(round(abs(face.roll_degrees)), TILT_DEGREES)
        return face

    def _only_face(self, rgb: Rgb) -> _Found:
        for name in DETECTORS:
            found = _apart(self._detect(rgb, name))
            if len(found) > 1:
                raise SeveralFacesFound(len(found))
            if found:
                return found[0]
        raise NoFaceFound

    def _detect(self, rgb: Rgb, name: str) -> list[_Found]:
        net = self._net(name)
        side = _side(net)
        scale = side / max(rgb.shape[:2])
        square = np.zeros((side, side, 3), np.uint8)
        small = cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        small = small[:side, :side]
        square[: small.shape[0], : small.shape[1]] = small
        boxes, scores = _run(net, square / np.float32(127.5) - 1)
        likely = _sigmoid(scores.reshape(-1))
        points = boxes.reshape(-1, 8, 2) / side
        points[:, [0, *range(2, 8)]] += _anchors()[:, None]
        points *= side / scale
        return [_found(points[k], float(likely[k])) for k in np.flatnonzero(likely > SURE)]

    def _measure(self, rgb: Rgb, found: _Found) -> Face:
        """Twice: the first mesh gives a better crop than the detector's box."""
        low, high = found.box
        landmarks = self._mesh(rgb, (low + high) / 2, float((high - low).max()), found.eyes)
        low, high = landmarks[:, :2].min(0), landmarks[:, :2].max(0)
        eyes = landmarks[[RIGHT_EYE_OUTER, LEFT_EYE_OUTER], :2]
        landmarks = self._mesh(rgb, (low + high) / 2, float((high - low).max()), eyes)
        flat = landmarks[:, :2]
        right = self._lids(rgb, flat[[RIGHT_EYE_OUTER, RIGHT_EYE_INNER]])
        left = self._lids(rgb, flat[[LEFT_EYE_OUTER, LEFT_EYE_INNER]])
        roll = _roll(flat[[RIGHT_EYE_OUTER, LEFT_EYE_OUTER]])
        return Face(landmarks, np.stack([right, left]), roll)

    def _mesh(self, rgb: Rgb, centre: Floats, size: float, eyes: Floats) -> Floats:
        net = self._net(MESH)
        turn = _upright(net, centre, size * MESH_CROP, _roll(eyes))
        mesh, score = sorted(_run(net, _crop(net, rgb, turn)), key=np.size, reverse=True)
        if _sigmoid(score).item() < PRESENT:
            raise NoFaceFound
        points = mesh.reshape(-1, 3)
        depth = points[:, 2] / np.sqrt(np.linalg.det(turn[:, :2]))
        return np.column_stack([_back(points[:, :2], turn), depth]).astype(np.float32)

    def _lids(self, rgb: Rgb, corners: Floats) -> Floats:
        """Outer and inner corner [2, 2] to both lids [2, 9, 2]. The model knows the right eye only:
        a left one is shown to it in a mirror."""
        net = self._net(EYE)
        left = corners[0, 0] > corners[1, 0]
        roll = _roll(corners[::-1] if left else corners)
        size = float(np.linalg.norm(corners[1] - corners[0])) * EYE_CROP
        turn = _upright(net, corners.mean(0), size, roll)
        if left:
            turn = _mirrored(turn, _side(net))
        points = max(_run(net, _crop(net, rgb, turn)), key=np.size).reshape(-1, 3)[:, :2]
        return _back(points[[*UPPER_LID, *LOWER_LID]], turn).reshape(2, -1, 2)

    def _net(self, name: str) -> Interpreter:
        if name not in self._nets:
            net = Interpreter(str(self._folder / name), num_threads=1)
            net.allocate_tensors()
            self._nets[name] = net
        return self._nets[name]


def _shrunk(picture: Rgba, by: float) -> Rgba:
    if by == 1:
        return picture
    size = (round(picture.shape[1] / by), round(picture.shape[0] / by))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def _grown(face: Face, by: float) -> Face:
    by32 = np.float32(by)
    return Face(face.landmarks * by32, face.lids * by32, face.roll_degrees)


def on_grey(picture: Rgba) -> Rgb:
    """What is see-through becomes a middle grey, on which any face stands out."""
    alpha = picture[..., 3:] / np.float32(255)
    rgb: Rgb = (picture[..., :3] * alpha + 160 * (1 - alpha)).astype(np.uint8)
    return rgb


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(logits, -80, 80))), np.float32)


def _side(net: Interpreter) -> int:
    """Width and height of the picture it takes."""
    return int(net.get_input_details()[0]["shape"][1])


def _upright(net: Interpreter, centre: Floats, size: float, roll: float) -> Affine:
    """From the picture to the square of ``size`` pixels round ``centre``, as the net takes it."""
    turn = np.asarray(cv2.getRotationMatrix2D(centre.tolist(), roll, _side(net) / size))
    return np.asarray(turn + np.column_stack([np.zeros((2, 2)), _side(net) / 2 - centre]), float)


def _mirrored(turn: Affine, side: int) -> Affine:
    return np.asarray([[-1, 0], [0, 1]] @ turn + [[0, 0, side], [0, 0, 0]], float)


def _crop(net: Interpreter, rgb: Rgb, turn: Affine) -> Floats:
    side = _side(net)
    crop = cv2.warpAffine(rgb, turn, (side, side), flags=cv2.INTER_AREA)
    return np.asarray(crop, np.float32) / np.float32(255)


def _back(points: Floats, turn: Affine) -> Floats:
    """Points of a crop [n, 2] in the picture."""
    found = cv2.transform(points[None], cv2.invertAffineTransform(turn))[0]
    return np.asarray(found, np.float32)


def _run(net: Interpreter, image: NDArray[np.floating]) -> list[Floats]:
    net.set_tensor(net.get_input_details()[0]["index"], image[None].astype(np.float32))
    net.invoke()
    return [net.get_tensor(output["index"])[0] for output in net.get_output_details()]


def _anchors() -> Floats:
    """Centres in [0, 1], [896, 2]: 2 in each cell of a 16 × 16 grid, 6 in each of 8 × 8."""
    rows: list[Floats] = []
    for cells, each in ((16, 2), (8, 6)):
        middle = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        grid = np.stack(np.meshgrid(middle, middle), axis=-1).reshape(-1, 2)
        rows.append(np.repeat(grid, each, axis=0))
    return np.concatenate(rows)


def _found(points: Floats, score: float) -> _Found:
    """``points`` [8, 2]: the box's centre, its size, then six points, eyes first."""
    half = points[1] / 2
    return _Found(np.stack([points[0] - half, points[0] + half]), points[2:4], score)


def _apart(found: list[_Found]) -> list[_Found]:
    """One detection a face, the best; without the bystanders."""
    kept: list[_Found] = []
    for one in sorted(found, key=lambda f: -f.score):
        if all(_overlap(one.box, other.box) < SAME_FACE for other in kept):
            kept.append(one)
    widest = max((_width(one) for one in kept), default=0.0)
    return [one for one in kept if _width(one) >= BYSTANDER * widest]


def _width(found: _Found) -> float:
    return float(found.box[1, 0] - found.box[0, 0])


def _overlap(a: Floats, b: Floats) -> float:
    """Intersection over union."""
    shared = np.prod(np.clip(np.minimum(a[1], b[1]) - np.maximum(a[0], b[0]), 0, None))
    return float(shared / (np.prod(a[1] - a[0]) + np.prod(b[1] - b[0]) - shared))


def _roll(eyes: Floats) -> float:
    across, down = eyes[1] - eyes[0]
    return float(np.degrees(np.arctan2(down, across)))


def _sharpness(picture: Rgba, face: Face) -> float:
    left, top, right, bottom = (max(side, 0) for side in face.box)
    grey = cv2.cvtColor(on_grey(picture[top:bottom, left:right]), cv2.COLOR_RGB2GRAY)
    small = cv2.resize(grey, (128, 128), interpolation=cv2.INTER_AREA)
    return float(cv2.Laplacian(small, cv2.CV_64F).var())
