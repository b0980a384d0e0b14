"""Uploads that are taken, and what is kept of them."""

import io
import json
import socket
from typing import Any
from uuid import uuid4

import av
import httpx
import numpy as np
import pytest
from PIL import ExifTags, Image
from uuid_utils.compat import uuid7

from db.models import Asset, AssetKind, AssetStatus, Job
from db.session import Database
from pipeline.storage import Storage
from tests.api import files
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_spec, an_asset

ORIENTATION, ROTATED = 274, 6


def stored(storage: Storage, asset: dict[str, object], person: Person) -> bytes:
    return storage.get(f"users/{person.user.id}/assets/{asset['id']}/file")


def test_a_portrait_is_kept_with_its_face(ada: Person, storage: Storage) -> None:
    answer = ada.upload("portrait", files.encoded(files.astronaut()), "Ada Lovelace.png")
    asset = answer.json()
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"/api/assets/{asset['id']}"
    assert (asset["kind"], asset["status"]) == ("portrait", "ready")
    assert asset["name"] == "Ada Lovelace.png"
    left, top, right, bottom = asset["details"]["face"]["box"]
    assert left < 225 < right
    assert top < 120 < bottom
    assert (asset["details"]["width"], asset["details"]["height"]) == (512, 512)
    picture = Image.open(io.BytesIO(stored(storage, asset, ada)))
    assert np.array_equal(np.asarray(picture), np.asarray(files.astronaut()))


def test_a_photograph_is_turned_upright_and_forgets_where_it_was_taken(
    ada: Person, storage: Storage
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = ROTATED
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    lying = files.astronaut().crop((0, 0, 512, 480)).transpose(Image.Transpose.ROTATE_90)
    answer = ada.upload("portrait", files.encoded(lying, "JPEG", exif=exif, quality=95))
    kept = Image.open(io.BytesIO(stored(storage, answer.json(), ada)))
    assert kept.size == (512, 480)
    assert len(kept.getexif()) == 0
    assert "exif" not in kept.info


def thumbnail(asset: dict[str, Any]) -> Image.Image:
    """As a browser fetches it, with no account."""
    fetched = httpx.get(asset["thumbnail_url"], timeout=60)
    assert fetched.headers["content-type"] == "image/webp"
    return Image.open(io.BytesIO(fetched.content))


def test_a_picture_has_a_small_one_upright_which_goes_with_it(
    ada: Person, storage: Storage
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = ROTATED
    upright = files.astronaut().crop((0, 0, 512, 480)).resize((1024, 960))
    lying = upright.transpose(Image.Transpose.ROTATE_90)
    asset = ada.upload("portrait", files.encoded(lying, "JPEG", exif=exif, quality=95)).json()
    small = thumbnail(asset)
    assert (small.format, small.size, len(small.getexif())) == ("WEBP", (512, 480), 0)
    wanted = np.asarray(upright.resize(small.size), np.float32)
    assert np.abs(np.asarray(small, np.float32) - wanted).mean() < 8
    place = f"/api/assets/{asset['id']}"
    (listed,) = ada.get("/api/assets").json()["items"]
    assert thumbnail(listed).size == thumbnail(ada.get(place).json()).size == small.size
    assert ada.delete(place).json()["objects"] == 2
    assert list(storage.list(f"users/{ada.user.id}/")) == []
    assert httpx.get(asset["thumbnail_url"], timeout=60).status_code == 404


def test_a_small_picture_is_not_made_larger_and_stays_see_through(ada: Person) -> None:
    slide = Image.new("RGBA", (300, 256), (200, 30, 30, 0))
    small = thumbnail(ada.upload("slide", files.encoded(slide)).json())
    assert (small.size, small.getpixel((150, 128))[3]) == ((300, 256), 0)


def test_what_is_no_picture_has_no_small_one(ada: Person, database: Database) -> None:
    assert ada.upload("script", b"Some words.").json()["thumbnail_url"] is None
    with database.transaction() as db:
        before = an_asset(db, ada.user)
    assert ada.get(f"/api/assets/{before.id}").json()["thumbnail_url"] is None


def test_what_hides_behind_a_picture_is_not_kept(ada: Person, storage: Storage) -> None:
    polyglot = files.encoded(files.astronaut(), "JPEG") + b"<script>alert(1)</script>"
    kept = stored(storage, ada.upload("portrait", polyglot).json(), ada)
    assert b"<script>" not in kept


def test_a_drawing_keeps_what_is_see_through(ada: Person, storage: Storage) -> None:
    drawing = files.astronaut().convert("RGBA").resize((768, 768))
    drawing.putalpha(Image.linear_gradient("L").resize((768, 768)).point(lambda v: max(v, 120)))
    for form in ("PNG", "WEBP"):
        options = {"lossless": True} if form == "WEBP" else {}
        asset = ada.upload("portrait", files.encoded(drawing, form, **options)).json()
        kept = Image.open(io.BytesIO(stored(storage, asset, ada)))
        assert (kept.format, kept.mode) == (form, "RGBA")
        assert kept.getpixel((256, 500))[3] == drawing.getpixel((256, 500))[3]


def test_a_large_picture_is_scaled_down(ada: Person) -> None:
    large = files.astronaut().resize((4000, 4000))
    details = ada.upload("slide", files.encoded(large, "JPEG")).json()["details"]
    assert (details["width"], details["uploaded_width"]) == (3072, 4000)


def test_a_page_of_a_pdf_becomes_a_slide(ada: Person, storage: Storage) -> None:
    asset = ada.upload("slide", files.pdf()).json()
    kept = Image.open(io.BytesIO(stored(storage, asset, ada)))
    assert (asset["content_type"], kept.size) == ("image/png", (1920, 1080))
    assert kept.getpixel((500, 800)) == (128, 128, 128)
    assert kept.getpixel((50, 50)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("form", "codec"),
    [("mp3", "libmp3lame"), ("flac", "flac"), ("ogg", "libopus"), ("webm", "libopus"),
     ("mp4", "aac")],
)  # fmt: skip
def test_a_voice_of_any_kind_is_kept_as_flac(
    ada: Person, storage: Storage, form: str, codec: str
) -> None:
    recording = files.compressed(files.voice(5, 48_000), form, codec)
    answer = ada.upload("voice", recording)
    assert answer.status_code == 201, answer.text
    details = answer.json()["details"]
    assert details["seconds"] == pytest.approx(5, abs=0.1)
    assert 3.5 < details["speech_seconds"] <= 5
    assert -40 < details["loudness_lufs"] < -10
    with av.open(io.BytesIO(stored(storage, answer.json(), ada))) as kept:
        stream = kept.streams.audio[0]
        assert (stream.codec_context.name, stream.rate, stream.channels) == ("flac", 44_100, 1)


def test_a_recording_in_stereo_of_24_bits_is_mixed_to_mono(ada: Person) -> None:
    file = io.BytesIO()
    with av.open(file, "w", format="wav") as output:
        stream = output.add_stream("pcm_s24le", rate=44_100, layout="stereo")
        both = np.stack([files.voice(4, 44_100)] * 2)
        frame = av.AudioFrame.from_ndarray(both, format="fltp", layout="stereo")
        frame.sample_rate = 44_100
        resampler = av.AudioResampler(format="s32", layout="stereo", rate=44_100)
        for piece in resampler.resample(frame):
            output.mux(stream.encode(piece))
        output.mux(stream.encode(None))
    details = ada.upload("voice", file.getvalue()).json()["details"]
    assert details["seconds"] == pytest.approx(4, abs=0.01)
    assert details["uploaded_codec"] == "pcm_s24le"


def test_a_script_is_kept_and_measured(ada: Person, storage: Storage) -> None:
    text = "# Rain\n\nWarm air rises. [pause 0.8s]\n\n# Snow\n\nIt is cold up there."
    asset = ada.upload("script", b"\xef\xbb\xbf" + text.encode(), "rain.md").json()
    assert stored(storage, asset, ada).decode() == text
    assert asset["details"]["scenes"] == 2
    assert asset["details"]["characters"] == len(text)
    assert 2 < asset["details"]["seconds"] < 10


def test_scripts_in_any_language_and_with_emoji_are_taken(ada: Person) -> None:
    for text in ("Rain 🌧️ falls. 👩‍🚀", "يسقط المطر من السحب.", "雨は雲から降ります。"):
        assert ada.upload("script", text.encode()).status_code == 201


def test_the_name_is_the_files_own_unless_another_is_given(ada: Person) -> None:
    def name(filename: str, **form: str) -> str:
        answer = ada.post(
            "/api/assets",
            data={"kind": "script", **form},
            files={"file": (filename, b"Some words.")},
        )
        found: str = answer.json()["name"]
        return found

    assert name("rain.md", name="My rain") == "My rain"
    assert name("../../etc/passwd") == "passwd"
    assert name("C:\\Users\\ada\\rain.md") == "rain.md"
    assert len(name("x" * 1000)) == 200


def test_an_asset_is_read_renamed_downloaded_and_deleted(ada: Person, storage: Storage) -> None:
    asset = ada.upload("script", b"Some words.", "words.md").json()
    place = f"/api/assets/{asset['id']}"
    assert ada.get(place).json() == asset
    assert ada.patch(place, json={"name": "Better"}).json() == asset | {"name": "Better"}
    download = ada.get(f"{place}/download").json()
    fetched = httpx.get(download["address"], timeout=60)
    assert fetched.content == b"Some words."
    assert "Better" in fetched.headers["content-disposition"]
    deleted = ada.delete(place)
    assert deleted.status_code == 200
    assert deleted.json() == {
        "id": asset["id"],
        "artefacts": 0,
        "objects": 1,
        "jobs_cancelled": [],
        "lessons_deleted": [],
        "lessons_kept": [],
    }
    assert_problem(ada.get(place), 404, "asset_not_found", "You have no asset with this id.")
    assert list(storage.list(f"users/{ada.user.id}/")) == []


def test_nobody_sees_the_assets_of_another(ada: Person, bob: Person) -> None:
    place = f"/api/assets/{ada.upload('script', b'Some words.').json()['id']}"
    for answer in (
        bob.get(place),
        bob.patch(place, json={"name": "Mine"}),
        bob.delete(place),
        bob.get(f"{place}/download"),
        bob.get(f"/api/assets/{uuid4()}"),
    ):
        assert_problem(answer, 404, "asset_not_found", "You have no asset with this id.")
    assert bob.get("/api/assets").json()["items"] == []
    assert ada.get(place).status_code == 200


def test_the_list_is_paged_and_filtered(ada: Person, database: Database) -> None:
    with database.transaction() as db:
        for number in range(5):
            an_asset(db, ada.user, name=f"slide {number}", kind=AssetKind.SLIDE)
        an_asset(db, ada.user, name="100% ada")
        an_asset(
            db, ada.user, name="bad", status=AssetStatus.FAILED, error_code="no_face",
            error_detail="None.",
        )  # fmt: skip

    def names(**query: object) -> list[str]:
        answer = ada.get("/api/assets", params=query)
        return [item["name"] for item in answer.json()["items"]]

    assert sorted(names(kind="slide")) == [f"slide {number}" for number in range(5)]
    assert names(status="failed") == ["bad"]
    assert names(q="0% A") == ["100% ada"]
    assert names(created_after="2100-01-01T00:00:00Z") == []
    assert len(names(created_before="2100-01-01T00:00:00Z")) == 7

    seen, cursor = [], None
    while True:
        page = ada.get("/api/assets", params={"limit": 3} | ({"cursor": cursor} if cursor else {}))
        assert page.json()["total"] == 7
        seen += [item["id"] for item in page.json()["items"]]
        cursor = page.json()["next_cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 7


def test_an_asset_in_use_is_not_deleted(ada: Person, portrait: Asset, database: Database) -> None:
    with database.transaction() as db:
        slide = an_asset(db, ada.user, kind=AssetKind.SLIDE)
        scenes = [{"narration": "Look."}, {"narration": "Here.", "slide_id": str(slide.id)}]
        job = Job(owner_id=ada.user.id, title="Rain", spec=a_spec(portrait.id, scenes=scenes))
        db.add(job)
    for asset in (portrait, slide):
        refused = assert_problem(
            ada.delete(f"/api/assets/{asset.id}"),
            409,
            "asset_in_use",
            "The asset is used by jobs that are not finished; there are 1.",
        )
        assert refused["errors"] == [
            {"field": "jobs.0", "code": "job_unfinished", "message": str(job.id)}
        ]
        assert ada.get(f"/api/assets/{asset.id}").status_code == 200


def test_a_viewer_may_not_upload(viewer: Person) -> None:
    assert_problem(
        viewer.upload("script", b"Some words."),
        403,
        "not_allowed",
        "Your role, viewer, does not allow this.",
    )


def test_a_form_with_something_missing_or_unknown_is_refused(ada: Person) -> None:
    other = {"picture": ("hat.png", b"a hat")}
    answer = ada.post("/api/assets", data={"kind": "hat"}, files=other)
    body = assert_problem(answer, 422, "request_invalid")
    assert fields(body) == {
        ("kind", "enum"),
        ("file", "missing"),
        ("picture", "extra_forbidden"),
    }


def test_a_file_that_is_too_large_is_not_read_to_its_end(ada: Person) -> None:
    answer = ada.upload("slide", b"\0" * (26 * 1024 * 1024))
    assert_problem(answer, 413, "body_too_large")
    answer = ada.upload("portrait", b"\0" * (21 * 1024 * 1024))
    assert_problem(
        answer, 413, "body_too_large", "The body is larger than the 20971520 bytes allowed here."
    )


@pytest.mark.parametrize("token", ["", "Authorization: Bearer forged\r\n"])
def test_strangers_are_refused_before_their_file_is_read(server: str, token: str) -> None:
    address = httpx.URL(server)
    with socket.create_connection((address.host, address.port), timeout=60) as line:
        line.sendall(
            b"POST /api/assets HTTP/1.1\r\nHost: studio\r\nContent-Length: 20000000\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n" + token.encode() + b"\r\n"
        )
        # and not a byte of the body
        assert line.recv(12) == b"HTTP/1.1 401"


def test_metadata_is_kept_and_replaced(ada: Person) -> None:
    metadata = {"course": "rain", "tags": ["a", "ü"], "deep": {"n": 1.5}}
    answer = ada.post(
        "/api/assets",
        data={"kind": "script", "metadata": json.dumps(metadata)},
        files={"file": ("rain.md", b"Some words.")},
    )
    asset = answer.json()
    assert asset["metadata"] == metadata
    place = f"/api/assets/{asset['id']}"
    changed = ada.patch(place, json={"metadata": {"course": "snow"}}).json()
    assert changed == asset | {"metadata": {"course": "snow"}}
    assert ada.patch(place, json={"name": "New"}).json()["metadata"] == {"course": "snow"}
    assert ada.get(place).json()["metadata"] == {"course": "snow"}
    refused = ada.patch(place, json={})
    assert fields(assert_problem(refused, 422, "request_invalid")) == {("body", "value_error")}


@pytest.mark.parametrize(
    "metadata",
    [
        b'{"a": "' + b"x" * 4096 + b'"}',
        b'{"a": "\\u0000"}',
        b'{"\\u0000": 1}',
        b'{"a": "\\ud800"}',
        b"[1]",
        b'"text"',
    ],
)
def test_metadata_that_cannot_be_kept_is_refused(ada: Person, metadata: bytes) -> None:
    place = f"/api/assets/{ada.upload('script', b'Some words.').json()['id']}"
    headers = {"Content-Type": "application/json"}
    answer = ada.patch(place, content=b'{"metadata": ' + metadata + b"}", headers=headers)
    body = assert_problem(answer, 422, "request_invalid")
    assert {error["field"] for error in body["errors"]} == {"metadata"}
    form = {"kind": "script", "metadata": metadata.decode()}
    answer = ada.post("/api/assets", data=form, files={"file": ("a.md", b"Some words.")})
    body = assert_problem(answer, 422, "request_invalid")
    assert {error["field"] for error in body["errors"]} == {"metadata"}


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("newest", ["cherry", "apple", "Banana", "banana"]),
        ("oldest", ["banana", "Banana", "apple", "cherry"]),
        ("name", ["apple", "banana", "Banana", "cherry"]),
        ("largest", ["Banana", "cherry", "banana", "apple"]),
    ],
)
def test_the_list_is_sorted_and_paged_in_that_order(
    ada: Person, database: Database, sort: str, names: list[str]
) -> None:
    with database.transaction() as db:
        for name, size in (("banana", 20), ("Banana", 40), ("apple", 10), ("cherry", 20)):
            an_asset(db, ada.user, id=uuid7(), name=name, bytes=size)
    seen: list[str] = []
    query: dict[str, object] = {"sort": sort, "limit": 1}
    while query.get("cursor", "") is not None:
        page = ada.get("/api/assets", params=query).json()
        seen += [item["name"] for item in page["items"]]
        query["cursor"] = page["next_cursor"]
    assert seen == names


def test_a_cursor_of_another_list_is_refused(ada: Person, database: Database) -> None:
    with database.transaction() as db:
        for _ in range(2):
            an_asset(db, ada.user)
    cursor = ada.get("/api/assets", params={"limit": 1}).json()["next_cursor"]
    for query in ({"cursor": cursor, "sort": "name"}, {"cursor": "rubbish"}, {"cursor": "ü"}):
        body = assert_problem(ada.get("/api/assets", params=query), 422, "request_invalid")
        assert fields(body) == {("cursor", "cursor_invalid")}
