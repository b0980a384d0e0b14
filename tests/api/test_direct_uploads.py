"""Files that go straight to the storage, and are checked when their owner says they are there."""

import hashlib
import io
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import which
from subprocess import run
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from PIL import Image
from sqlalchemy import update

from db.models import Asset, AssetStatus
from db.session import Database
from pipeline.storage import Storage, upload_key
from serve.deps import Studio
from serve.upload_sweep import sweep
from tests.api import files
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields

SCRIPT = b"# Rain\n\nWarm air rises."
MEBIBYTE = 2**20


def announce(person: Person, data: bytes = SCRIPT, **given: Any) -> dict[str, Any]:
    standard = {
        "kind": "script",
        "filename": "rain.md",
        "content_type": "text/markdown",
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
    }
    answer = person.post("/api/assets/uploads", json=standard | given)
    assert answer.status_code == 201, answer.text
    offer: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/api/assets/{offer['asset']['id']}"
    return offer


def send(offer: dict[str, Any], data: bytes = SCRIPT, **changed: str) -> httpx.Response:
    upload = offer["upload"]
    assert upload["method"] == "PUT"
    return httpx.put(
        upload["address"], content=data, headers=upload["headers"] | changed, timeout=60
    )


def confirm(person: Person, offer: dict[str, Any]) -> httpx.Response:
    return person.post(f"/api/assets/{offer['asset']['id']}/confirm")


def test_a_recording_of_forty_megabytes_goes_straight_to_the_storage(
    ada: Person, storage: Storage
) -> None:
    data = files.wav(files.voice(110, 192_000), 192_000)
    assert 40 * MEBIBYTE < len(data) < 50 * MEBIBYTE
    offer = announce(ada, data, kind="voice", filename="ada.wav", content_type="audio/wav")
    pending = offer["asset"]
    assert (pending["status"], pending["bytes"], pending["name"]) == (
        "pending", len(data), "ada.wav",
    )  # fmt: skip
    assert pending["expires_at"] is not None
    assert send(offer, data).status_code == 200
    ready = confirm(ada, offer).json()
    assert ready["status"] == "ready", ready
    assert (ready["content_type"], ready["expires_at"]) == ("audio/flac", None)
    assert ready["details"]["seconds"] == pytest.approx(110, abs=0.01)
    kept = storage.get(f"users/{ada.user.id}/assets/{ready['id']}/file")
    assert hashlib.sha256(kept).hexdigest() == ready["sha256"]
    assert list(storage.list("tmp/")) == []


def test_a_picture_sent_to_the_storage_has_a_small_one_too(ada: Person) -> None:
    data = files.encoded(files.astronaut().resize((800, 400)))
    offer = announce(ada, data, kind="slide", filename="a.png", content_type="image/png")
    assert offer["asset"]["thumbnail_url"] is None
    send(offer, data)
    fetched = httpx.get(confirm(ada, offer).json()["thumbnail_url"], timeout=60)
    assert Image.open(io.BytesIO(fetched.content)).size == (512, 256)


@pytest.mark.skipif(not (which("curl") and which("jq")), reason="needs curl and jq")
def test_the_documented_way_with_curl_works(ada: Person, server: str, tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "integrator.md").read_text()
    section = page.partition("## Uploads straight to the storage")[2]
    commands = section.partition("```sh\n")[2].partition("```")[0]
    (tmp_path / "ada.wav").write_bytes(files.wav(files.voice(4)))
    token = ada.headers["Authorization"].removeprefix("Bearer ")
    shell = {"URL": server, "TOKEN": token, "PATH": os.environ["PATH"]}
    done = run(
        ["bash", "-euo", "pipefail", "-c", commands],
        cwd=tmp_path, env=shell, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stdout.strip() == '"ready"', done.stderr


def test_the_storage_takes_no_other_file(ada: Person, storage: Storage) -> None:
    offer = announce(ada)
    longer = SCRIPT + b" And falls."
    for answer in (
        send(offer, longer, **{"Content-Length": str(len(longer))}),
        send(offer, SCRIPT[:-1], **{"Content-Length": str(len(SCRIPT) - 1)}),
        send(offer, SCRIPT[::-1]),
        send(offer, **{"Content-Type": "text/html"}),
    ):
        assert answer.status_code in (400, 403)
    assert list(storage.list("tmp/")) == []


def test_a_page_of_another_origin_may_send_it(ada: Person) -> None:
    upload = announce(ada)["upload"]
    asked = httpx.options(
        upload["address"],
        headers={
            "Origin": "https://studio.example",
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "content-type,x-amz-checksum-sha256",
        },
        timeout=60,
    )
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] in ("*", "https://studio.example")
    assert "PUT" in asked.headers["access-control-allow-methods"]


def test_confirming_before_the_file_is_there_changes_nothing(ada: Person) -> None:
    offer = announce(ada)
    assert_problem(confirm(ada, offer), 409, "upload_missing")
    assert ada.get(f"/api/assets/{offer['asset']['id']}").json()["status"] == "pending"
    send(offer)
    assert confirm(ada, offer).json()["status"] == "ready"


def test_confirming_twice_or_at_once_is_harmless(ada: Person, storage: Storage) -> None:
    offer = announce(ada)
    send(offer)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: confirm(ada, offer), range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.json()["status"] for answer in answers} <= {"processing", "ready"}
    first, second = confirm(ada, offer).json(), confirm(ada, offer).json()
    assert first == second
    assert first["status"] == "ready"
    assert [found.key for found in storage.list("")] == [
        f"users/{ada.user.id}/assets/{first['id']}/file"
    ]


def test_a_file_that_is_not_what_was_announced_fails(ada: Person, storage: Storage) -> None:
    for data, reason in ((SCRIPT[:-1], "bytes"), (SCRIPT[::-1], "SHA-256")):
        offer = announce(ada)
        storage.put(upload_key(UUID(offer["asset"]["id"])), data, "text/markdown")
        failed = confirm(ada, offer).json()
        assert (failed["status"], failed["error_code"]) == ("failed", "upload_differs")
        assert reason in failed["error_detail"]
    assert list(storage.list("")) == []


def test_a_file_whose_content_is_bad_fails_with_the_reason(ada: Person, storage: Storage) -> None:
    rubbish = b"no picture at all"
    offer = announce(ada, rubbish, kind="portrait", content_type="image/png")
    send(offer, rubbish)
    failed = confirm(ada, offer).json()
    assert (failed["status"], failed["error_code"]) == ("failed", "picture_unreadable")
    assert "JPEG, PNG or WebP" in failed["error_detail"]
    assert list(storage.list("")) == []
    download = ada.get(f"/api/assets/{failed['id']}/download")
    assert_problem(download, 409, "asset_not_ready")


def test_a_check_that_its_process_never_ended_is_begun_anew(
    ada: Person, database: Database
) -> None:
    offer = announce(ada)
    send(offer)

    def checked_until(time: datetime) -> None:
        with database.transaction() as db:
            values = {"status": AssetStatus.PROCESSING, "expires_at": time}
            db.execute(update(Asset).values(**values))

    checked_until(datetime.now(UTC) + timedelta(minutes=5))
    assert confirm(ada, offer).json()["status"] == "processing"
    checked_until(datetime.now(UTC) - timedelta(seconds=1))
    assert confirm(ada, offer).json()["status"] == "ready"


def test_what_nobody_confirms_is_forgotten(
    ada: Person, studio: Studio, database: Database, storage: Storage
) -> None:
    forgotten, young, ready = announce(ada), announce(ada), announce(ada)
    for offer in (forgotten, young, ready):
        send(offer)
    confirm(ada, ready)
    with database.transaction() as db:
        old = update(Asset).where(Asset.id == UUID(forgotten["asset"]["id"]))
        db.execute(old.values(expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    assert sweep(studio) == 1
    left = {item["id"] for item in ada.get("/api/assets").json()["items"]}
    assert left == {young["asset"]["id"], ready["asset"]["id"]}
    assert {found.key for found in storage.list("")} == {
        upload_key(UUID(young["asset"]["id"])),
        f"users/{ada.user.id}/assets/{ready['asset']['id']}/file",
    }


def test_what_need_not_be_sent_is_refused_beforehand(ada: Person) -> None:
    asked = {
        "kind": "portrait",
        "filename": "ada.bmp",
        "content_type": "image/bmp",
        "size": 20 * MEBIBYTE + 1,
        "sha256": "0" * 64,
    }
    refused = ada.post("/api/assets/uploads", json=asked)
    assert fields(assert_problem(refused, 422, "request_invalid")) == {
        ("size", "file_too_large"),
        ("content_type", "type_wrong"),
    }
    refused = ada.post("/api/assets/uploads", json=asked | {"size": 0, "sha256": "A" * 64})
    assert fields(assert_problem(refused, 422, "request_invalid")) == {
        ("size", "greater_than_equal"),
        ("sha256", "string_pattern_mismatch"),
    }


def test_nobody_confirms_the_upload_of_another(ada: Person, bob: Person, viewer: Person) -> None:
    offer = announce(ada)
    send(offer)
    assert_problem(confirm(bob, offer), 404, "asset_not_found")
    assert_problem(confirm(viewer, offer), 403, "not_allowed")
    assert_problem(bob.post(f"/api/assets/{uuid4()}/confirm"), 404, "asset_not_found")
    assert ada.get(f"/api/assets/{offer['asset']['id']}").json()["status"] == "pending"
