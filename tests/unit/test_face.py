"""The face of a portrait is found and measured, or refused for a reason."""

import io
import pickle
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut, coffee

from deployments import model_files
from deployments.kdtalker.face import FaceFinder
from deployments.kdtalker.landmarks import CHIN, LEFT_EYE_OUTER, NOSE_TIP, RIGHT_EYE_OUTER
from pipeline.errors import (
    FaceTilted,
    FaceTooSmall,
    LessonError,
    NoFaceFound,
    PictureSizeRefused,
    PictureUnreadable,
    SeveralFacesFound,
)
from pipeline.media.picture import Rgba, read_picture
from tests.portraits import MODELS, drawing, photograph, png


@pytest.fixture(scope="module")
def faces() -> FaceFinder:
    model_files.pull(["puppet"], MODELS, on_progress=lambda _: None)
    return FaceFinder(MODELS)


def rotated(degrees: float) -> Rgba:
    picture = cv2.resize(astronaut(), (1024, 1024))
    turn = cv2.getRotationMatrix2D((450, 240), -degrees, 1)
    turned = cv2.warpAffine(picture, turn, (1024, 1024), borderMode=cv2.BORDER_REFLECT)
    return read_picture(png(np.asarray(turned, np.uint8)))


def test_photographs_face_is_found_where_it_is(faces: FaceFinder) -> None:
    report = faces.inspect_portrait(photograph())
    assert np.allclose(report.box, (177, 66, 274, 176), atol=5)
    assert abs(report.roll_degrees - 3) < 2
    assert report.sharpness > 100
    assert (report.width, report.height) == (512, 512)


def test_drawn_face_is_found_too(faces: FaceFinder) -> None:
    report = faces.inspect_portrait(drawing())
    assert report.box[2] - report.box[0] > 350
    assert abs(report.roll_degrees) < 4


def test_landmarks_lie_in_the_order_of_a_face(faces: FaceFinder) -> None:
    points = faces.find_face(read_picture(photograph())).landmarks
    assert points.shape == (468, 3)
    assert points[RIGHT_EYE_OUTER, 0] < points[NOSE_TIP, 0] < points[LEFT_EYE_OUTER, 0]
    assert points[RIGHT_EYE_OUTER, 1] < points[NOSE_TIP, 1] < points[CHIN, 1]
    assert points[NOSE_TIP, 2] < points[CHIN, 2]


def test_lids_stand_over_each_other_and_on_either_side(faces: FaceFinder) -> None:
    lids = faces.find_face(read_picture(drawing())).lids
    assert lids.shape == (2, 2, 9, 2)
    assert (lids[:, 0, 4, 1] < lids[:, 1, 4, 1] - 20).all()
    right, left = lids.mean((1, 2))[:, 0]
    assert 300 < right < 512 < left < 724
    assert lids[0, 0, 0, 0] < lids[0, 0, 8, 0]
    assert lids[1, 0, 0, 0] > lids[1, 0, 8, 0]


def test_large_picture_gives_the_same_face_scaled(faces: FaceFinder) -> None:
    small = read_picture(photograph())
    large = np.asarray(cv2.resize(small, (2048, 2048), interpolation=cv2.INTER_CUBIC), np.uint8)
    measured = [faces.find_face(picture).landmarks for picture in (small, large)]
    assert np.abs(measured[0] * 4 - measured[1])[:, :2].mean() < 6


def test_blurred_portrait_is_reported_less_sharp(faces: FaceFinder) -> None:
    large = cv2.resize(astronaut(), (1024, 1024), interpolation=cv2.INTER_CUBIC)
    sharp, blurred = (
        faces.inspect_portrait(png(np.asarray(picture, np.uint8))).sharpness
        for picture in (large, cv2.GaussianBlur(large, (0, 0), 5))
    )
    assert blurred < 0.3 * sharp


@pytest.mark.parametrize("degrees", [-18, 14])
def test_lean_is_measured_with_its_direction(faces: FaceFinder, degrees: float) -> None:
    assert abs(faces.find_face(rotated(degrees)).roll_degrees - 3 - degrees) < 4


@pytest.mark.parametrize("degrees", [-40, 38])
def test_face_that_leans_too_far_is_refused(faces: FaceFinder, degrees: float) -> None:
    with pytest.raises(FaceTilted) as refused:
        faces.find_face(rotated(degrees))
    assert refused.value.args[1] == 25


def test_picture_without_a_face_is_refused(faces: FaceFinder) -> None:
    with pytest.raises(NoFaceFound):
        faces.inspect_portrait(png(np.ascontiguousarray(coffee())))


def test_picture_of_two_people_is_refused(faces: FaceFinder) -> None:
    both = np.hstack([astronaut(), astronaut()[:, ::-1]])
    with pytest.raises(SeveralFacesFound) as refused:
        faces.inspect_portrait(png(both))
    assert refused.value.args == (2,)


def test_small_face_beside_a_large_one_is_a_bystander(faces: FaceFinder) -> None:
    picture = cv2.resize(astronaut(), (1024, 1024))
    picture[40:136, 900:996] = cv2.resize(astronaut()[40:200, 140:300], (96, 96))
    assert faces.find_face(read_picture(png(np.asarray(picture, np.uint8)))).size > 150


def test_small_face_is_refused_with_its_size(faces: FaceFinder) -> None:
    small = cv2.resize(astronaut(), (300, 300), interpolation=cv2.INTER_AREA)
    with pytest.raises(FaceTooSmall) as refused:
        faces.inspect_portrait(png(np.asarray(small, np.uint8)))
    assert 40 < refused.value.args[0] < 96
    assert refused.value.args[1] == 96


@pytest.mark.parametrize("data", [b"", b"GIF89a", photograph()[:2000], b"<svg></svg>"])
def test_what_is_no_picture_is_refused(faces: FaceFinder, data: bytes) -> None:
    with pytest.raises(PictureUnreadable):
        faces.inspect_portrait(data)


@pytest.mark.parametrize("size", [(100, 600), (600, 255), (9000, 300)])
def test_picture_too_small_or_too_large_is_refused(size: tuple[int, int]) -> None:
    with pytest.raises(PictureSizeRefused) as refused:
        read_picture(png(np.zeros((size[1], size[0], 3), np.uint8)))
    assert refused.value.args == (*size, 256, 8192)


def test_picture_is_turned_upright_by_its_tag() -> None:
    file = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    lying = Image.fromarray(np.rot90(astronaut()).copy())
    lying.save(file, "JPEG", exif=exif, quality=95)
    upright = read_picture(file.getvalue())
    assert np.abs(upright[..., :3].astype(int) - astronaut()).mean() < 4


def test_missing_model_files_are_named(tmp_path: Path) -> None:
    assert "face_landmark.tflite" in FaceFinder(tmp_path).missing


def test_refusals_survive_the_way_between_processes() -> None:
    for error in (FaceTilted(40, 25), FaceTooSmall(50, 96), SeveralFacesFound(2)):
        again: LessonError = pickle.loads(pickle.dumps(error))
        assert (type(again), again.args, str(again)) == (type(error), error.args, str(error))
