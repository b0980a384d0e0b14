"""Names of objects, and the digest of what made them."""

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from uuid import UUID

import pytest

from pipeline.lesson import Emotion, Scene, VideoSpec
from pipeline.storage import artefact_key, asset_key, digest, export_key, user_prefix

OWNER = UUID("01890000-0000-7000-8000-000000000001")
OTHER = UUID("01890000-0000-7000-8000-000000000002")


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inputs:
    scene: Scene
    video: VideoSpec


def test_every_key_starts_with_its_owner():
    keys = [
        asset_key(OWNER, OTHER),
        artefact_key(OWNER, "speech", "ab12", "sound.flac"),
        export_key(OWNER, OTHER, "lesson.mp4"),
    ]
    assert all(key.startswith(user_prefix(OWNER)) for key in keys)
    assert len(set(keys)) == 3


def test_no_owners_prefix_starts_with_anothers():
    assert not user_prefix(OWNER).startswith(user_prefix(OTHER))
    assert user_prefix(OWNER).endswith("/")


def test_a_digest_is_the_same_in_every_process():
    program = "from pipeline.storage import digest; print(digest('a', {'y': 1, 'x': b'z'}), end='')"
    there = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert there.stdout == digest("a", {"x": b"z", "y": 1})
    assert len(there.stdout) == 64


def test_a_digest_sees_every_part():
    scene = Scene(0, "Rain", "Warm air rises.")
    parts = [
        ("a",),
        ("a", ""),
        ("", "a"),
        (["a"],),
        (None,),
        (1,),
        (1.5,),
        (True,),
        (b"a",),
        (b"",),
        (OWNER,),
        (Colour.RED,),
        (datetime(2026, 1, 1, tzinfo=UTC),),
        (scene,),
        (Scene(1, "Rain", "Warm air rises."),),
        (Inputs(scene, VideoSpec()),),
        (Inputs(scene, VideoSpec(resolution="720p")),),
        (Emotion(),),
        (Emotion(anger=0.5),),
    ]
    assert len({digest(*each) for each in parts}) == len(parts)


def test_equal_parts_have_equal_digests():
    first, second = Scene(0, None, "Ä"), Scene(0, None, "Ä")
    assert digest(first, {"a": (1, 2)}) == digest(second, {"a": [1, 2]})


def test_what_has_no_canonical_form_is_refused():
    with pytest.raises(TypeError, match="set has no canonical form"):
        digest({1, 2})
    with pytest.raises(ValueError, match="JSON"):
        digest(float("nan"))
