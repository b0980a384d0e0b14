"""What lies in samples/ is what it says it is: a drawing, its rendering, and a lesson of them."""

import asyncio
import io
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
import resvg_py
from PIL import Image

from deployments.kdtalker import landmarks
from deployments.kdtalker.face import Face, FaceFinder
from deployments.llm.composer import Composer
from deployments.model_files import Progress, pull
from deployments.zyphra.builtin import Builtin
from pipeline.engines import ScriptRequest, SpeechRequest
from pipeline.lesson import LessonSpec, Scene
from pipeline.media.picture import Rgba, read_picture
from pipeline.script import collect
from serve.making import read_spec

SAMPLES = Path(__file__).parents[2] / "samples"
PORTRAIT = SAMPLES / "portrait.png"
LESSON = SAMPLES / "lesson.yaml"
MODELS = Path(__file__).parents[2] / ".lectern" / "models"
MIB = 2**20


@pytest.fixture(scope="module")
def portrait() -> Rgba:
    return read_picture(PORTRAIT.read_bytes())


@pytest.fixture(scope="module")
def lesson() -> dict[str, Any]:
    return read_spec(LESSON)


@pytest.fixture(scope="module")
def face(portrait: Rgba) -> Face:
    def quietly(_: Progress) -> None:
        """Nobody watches."""

    pull(["puppet"], MODELS, quietly)
    return FaceFinder(MODELS).find_face(portrait)


@pytest.fixture(scope="module")
def scenes(lesson: dict[str, Any]) -> tuple[Scene, ...]:
    ask = ScriptRequest(lesson["prompt"], lesson["notes"], audience=lesson["audience"])
    return asyncio.run(collect(Composer().write(ask)))


def seen_on_white(picture: Rgba) -> np.ndarray:
    """Colours of pixels that cannot be seen count for nothing."""
    alpha = picture[..., 3:] / 255
    return picture[..., :3] * alpha + 255 * (1 - alpha)


@pytest.mark.parametrize("picture", sorted(SAMPLES.rglob("*.png")), ids=lambda file: file.name)
def test_picture_is_what_its_drawing_renders_to(picture: Path) -> None:
    drawing = str(picture.with_suffix(".svg"))
    rendered = bytes(resvg_py.svg_to_bytes(svg_path=drawing, skip_system_fonts=True))
    again = np.asarray(Image.open(io.BytesIO(rendered)).convert("RGBA"))
    difference = np.abs(seen_on_white(again) - seen_on_white(read_picture(picture.read_bytes())))
    assert difference.mean() < 0.5
    assert np.quantile(difference, 0.999) < 8


def test_portrait_stands_free_before_any_background(portrait: Rgba) -> None:
    assert portrait.shape == (1024, 1024, 4)
    assert not portrait[:60, :, 3].any()
    assert not portrait[:700, :150, 3].any()
    assert not portrait[:700, -150:, 3].any()
    assert (portrait[300:1024, 480:544, 3] == 255).all()


def test_samples_are_small_enough_for_the_repository() -> None:
    assert [file.name for file in SAMPLES.rglob("*") if file.stat().st_size >= MIB] == []


def test_portrait_shows_one_upright_face_that_fills_the_picture(face: Face) -> None:
    assert 400 <= face.width <= 480
    assert abs(face.roll_degrees) < 2


def test_mesh_lies_on_the_lips_as_they_are_drawn(face: Face) -> None:
    """Places of the drawing in its own units; 6 of them are two pixels of the mesh's own view."""
    drawn = {
        landmarks.INNER_UPPER_LIP[5]: (512, 626),
        landmarks.OUTER_UPPER_LIP[0]: (432, 612),
        landmarks.OUTER_UPPER_LIP[-1]: (592, 612),
        landmarks.OUTER_LOWER_LIP[5]: (512, 657),
    }
    off = {at: np.hypot(*(face.landmarks[at, :2] - place)) for at, place in drawn.items()}
    assert {at: round(float(far), 1) for at, far in off.items() if far > 6} == {}


def test_lids_lie_on_the_eyes_as_they_are_drawn(face: Face) -> None:
    """How high the middle of the upper and of the lower lid is, of both eyes."""
    drawn = np.array([417, 454])
    assert np.abs(face.lids[:, :, 4, 1] - drawn).max() < 5


def test_lips_of_the_portrait_are_closed(face: Face) -> None:
    middle = landmarks.INNER_UPPER_LIP[5], landmarks.INNER_LOWER_LIP[5]
    gap = face.landmarks[middle[1], 1] - face.landmarks[middle[0], 1]
    height = face.landmarks[landmarks.CHIN, 1] - face.landmarks[landmarks.UNDER_NOSE, 1]
    assert gap < 0.05 * height


def test_sample_lesson_is_a_lesson_spec_of_files_that_are_there(lesson: dict[str, Any]) -> None:
    named = dict(lesson)
    assert (SAMPLES / named.pop("portrait")).is_file()
    assert named.pop("consent")["portrait"]["statement"] == "invented"
    spec = LessonSpec.model_validate(named | {"portrait_id": uuid4()})
    assert spec.title == "Why the sky is blue"
    assert spec.video.size == (512, 512)
    assert spec.notes is not None


def test_sample_with_slides_names_scenes_and_slides_that_are_there() -> None:
    named = read_spec(SAMPLES / "lesson-with-slides.yaml")
    assert (SAMPLES / named.pop("portrait")).is_file()
    assert named.pop("consent")["portrait"]["statement"] == "invented"
    slides = [SAMPLES / scene.pop("slide") for scene in named["scenes"]]
    assert [Image.open(slide).size for slide in slides] == [(1280, 720)] * 4
    spec = LessonSpec.model_validate(named | {"portrait_id": uuid4()})
    assert spec.video.layout == "presenter+slide"


def test_sample_lesson_becomes_four_titled_scenes(scenes: tuple[Scene, ...]) -> None:
    assert [scene.title for scene in scenes] == [
        "A question overhead",
        "Sunlight is a mixture",
        "The air scatters the blue",
        "Why sunsets are red",
    ]


def test_sample_lesson_keeps_every_word_of_its_notes(
    lesson: dict[str, Any], scenes: tuple[Scene, ...]
) -> None:
    lines = [line for line in lesson["notes"].splitlines() if not line.startswith("#")]
    said = [word for scene in scenes for word in scene.narration.split()]
    assert said == " ".join(lines).split()


def test_sample_lesson_lasts_about_a_minute_and_begins_briefly(scenes: tuple[Scene, ...]) -> None:
    async def seconds(scene: Scene) -> float:
        return sum([p.seconds async for p in Builtin().speak(SpeechRequest(scene.narration))])

    async def all_seconds() -> list[float]:
        return [await seconds(scene) for scene in scenes]

    spoken = asyncio.run(all_seconds())
    assert 60 <= sum(spoken) <= 75
    assert 8.5 <= spoken[0] <= 11
