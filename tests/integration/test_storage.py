"""Objects in a real S3 store."""

import hashlib
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from pipeline.errors import ArtefactMissing, StorageRefused, StorageUnavailable
from pipeline.storage import PART_BYTES, Storage, artefact_key, asset_key, export_key, user_prefix
from serve.services.objects import ObjectStore

PICTURE = bytes(range(256)) * 4


def test_an_object_comes_back_as_it_was_put(storage: Storage):
    storage.put("users/a/é +?.png", PICTURE, "image/png")
    assert storage.get("users/a/é +?.png") == PICTURE
    found = storage.head("users/a/é +?.png")
    assert found is not None
    assert (found.key, found.bytes_, found.content_type) == (
        "users/a/é +?.png",
        len(PICTURE),
        "image/png",
    )
    assert storage.exists("users/a/é +?.png")


def test_an_object_that_is_there_is_not_put_anew(storage: Storage):
    assert storage.put_new("users/a/marker", b"first", "text/plain")
    assert not storage.put_new("users/a/marker", b"second", "text/plain")
    assert storage.get("users/a/marker") == b"first"


def test_an_empty_object_can_be_kept(storage: Storage):
    storage.put("empty", b"", "text/plain")
    assert storage.get("empty") == b""


def test_what_is_not_there_is_missing_by_name(storage: Storage, tmp_path: Path):
    assert storage.head("nothing") is None
    assert not storage.exists("nothing")
    with pytest.raises(ArtefactMissing, match="nothing"):
        storage.get("nothing")
    with pytest.raises(ArtefactMissing, match="nothing"):
        storage.open("nothing")
    with pytest.raises(ArtefactMissing, match="nothing"):
        storage.download("nothing", tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_a_range_has_its_start_and_not_its_end(storage: Storage):
    storage.put("clip", PICTURE, "video/mp4")
    assert b"".join(storage.open("clip", 10, 20)) == PICTURE[10:20]
    assert b"".join(storage.open("clip", 1000)) == PICTURE[1000:]
    assert b"".join(storage.open("clip", 0, 1)) == PICTURE[:1]


def test_a_file_larger_than_a_part_goes_up_and_down_whole(storage: Storage, tmp_path: Path):
    there, back = tmp_path / "there", tmp_path / "back"
    there.write_bytes(PICTURE * (2 * PART_BYTES // len(PICTURE)) + b"end")
    storage.put_file("long", there, "video/mp4")
    storage.download("long", back)
    assert back.read_bytes() == there.read_bytes()
    found = storage.head("long")
    assert found is not None
    assert found.content_type == "video/mp4"


def test_a_stream_of_unknown_length_is_kept_whole_in_bounded_memory(storage: Storage):
    hashed = hashlib.sha256()

    def chunks(megabytes: int) -> Iterator[bytes]:
        for number in range(megabytes):
            chunk = number.to_bytes(2, "big") * 2**19
            hashed.update(chunk)
            yield chunk

    tracemalloc.start()
    storage.put_stream("stream", chunks(64), "video/mp4")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 5 * PART_BYTES
    back = hashlib.sha256()
    for chunk in storage.open("stream"):
        back.update(chunk)
    assert back.digest() == hashed.digest()


def test_a_stream_that_breaks_leaves_no_object(storage: Storage):
    def chunks() -> Iterator[bytes]:
        yield bytes(PART_BYTES + 1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        storage.put_stream("broken", chunks(), "video/mp4")
    assert not storage.exists("broken")


def test_an_empty_stream_is_an_empty_object(storage: Storage):
    storage.put_stream("empty", iter(()), "text/plain")
    assert storage.get("empty") == b""


def test_deleting_a_persons_prefix_leaves_the_others_alone(storage: Storage):
    ann, bob = uuid4(), uuid4()
    for owner in (ann, bob):
        storage.put(asset_key(owner, uuid4()), b"x", "image/png")
        storage.put(artefact_key(owner, "speech", "ab12", "sound.flac"), b"x", "audio/flac")
        storage.put(export_key(owner, uuid4(), "lesson.mp4"), b"x", "video/mp4")
    assert storage.delete_prefix(user_prefix(ann)) == 3
    assert list(storage.list(user_prefix(ann))) == []
    assert sum(found.bytes_ for found in storage.list(user_prefix(bob))) == 3


def test_more_keys_than_one_call_takes_are_all_deleted(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("pipeline.storage.DELETE_BATCH", 2)
    for number in range(5):
        storage.put(f"many/{number}", b"x", "text/plain")
    assert storage.delete_prefix("many/") == 5
    assert list(storage.list("many/")) == []


def test_what_begins_with_any_of_many_is_deleted_in_few_calls(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
):
    for number in range(5):
        storage.put(f"many/{number}/file", b"x", "text/plain")
    asked: list[int] = []
    delete = storage._s3.delete_objects

    def counted(**given: Any) -> Any:
        asked.append(len(given["Delete"]["Objects"]))
        return delete(**given)

    monkeypatch.setattr(storage._s3, "delete_objects", counted)
    assert storage.delete_prefixes(f"many/{number}/" for number in (0, 2, 4, 9)) == 3
    assert asked == [3]
    assert [found.key for found in storage.list("many/")] == ["many/1/file", "many/3/file"]


def test_much_of_a_folder_is_deleted_without_what_lies_between(storage: Storage):
    for number in range(40):
        for name in ("clip.mp4", "deep/clip.json"):
            storage.put(f"folder/{number:02}/{name}", b"x", "text/plain")
    storage.put("folder/0", b"x", "text/plain")
    assert storage.delete_prefixes(f"folder/{number:02}/" for number in range(0, 40, 2)) == 40
    left = {found.key for found in storage.list("folder/")} - {"folder/0"}
    assert {key.split("/")[1] for key in left} == {f"{number:02}" for number in range(1, 40, 2)}
    assert len(left) == 40


def test_deleting_what_is_not_there_is_harmless(storage: Storage):
    assert storage.delete(["nothing", "nothing/either"]) == 2
    assert storage.delete([]) == 0


def test_a_presigned_address_reads_a_range_for_any_page_and_names_the_file(storage: Storage):
    storage.put("lesson", PICTURE, "video/mp4")
    url = storage.presign_get("lesson", filename='Über "Regen".mp4', content_type="video/x-mine")
    answer = httpx.get(
        url, headers={"Range": "bytes=5-9", "Origin": "https://lms.example"}, timeout=60
    )
    assert (answer.status_code, answer.content) == (206, PICTURE[5:10])
    assert answer.headers["content-type"] == "video/x-mine"
    assert "filename*=UTF-8''%C3%9Cber%20%22Regen%22.mp4" in answer.headers["content-disposition"]
    assert answer.headers["access-control-allow-origin"] in ("*", "https://lms.example")
    assert "Content-Range" in answer.headers["access-control-expose-headers"]


def test_a_presigned_address_is_for_its_own_object_only(storage: Storage):
    storage.put("mine", b"mine", "text/plain")
    storage.put("other", b"other", "text/plain")
    url = storage.presign_get("mine")
    assert httpx.get(url, timeout=60).text == "mine"
    assert httpx.get(url.replace("/mine?", "/other?"), timeout=60).status_code == 403
    assert httpx.get(url.split("?")[0], timeout=60).status_code == 403


def test_a_presigned_upload_takes_what_was_announced(storage: Storage):
    place = storage.presign_put(
        "portrait", "image/png", len(PICTURE), hashlib.sha256(PICTURE).hexdigest()
    )
    assert (
        httpx.put(place.url, content=PICTURE, headers=place.headers, timeout=60).status_code == 200
    )
    found = storage.head("portrait")
    assert found is not None
    assert (found.bytes_, found.content_type) == (len(PICTURE), "image/png")


@pytest.mark.parametrize(
    ("content", "changed"),
    [
        (PICTURE, {"Content-Type": "text/html"}),
        (PICTURE + b"more", {"Content-Length": str(len(PICTURE) + 4)}),
        (PICTURE[:-1], {"Content-Length": str(len(PICTURE) - 1)}),
        (PICTURE[::-1], {}),
        (PICTURE, {"x-amz-checksum-sha256": "AAAA"}),
    ],
    ids=["another type", "longer", "shorter", "another content", "another hash"],
)
def test_a_presigned_upload_refuses_anything_else(
    storage: Storage, content: bytes, changed: dict[str, str]
):
    place = storage.presign_put(
        "portrait", "image/png", len(PICTURE), hashlib.sha256(PICTURE).hexdigest()
    )
    answer = httpx.put(place.url, content=content, headers=place.headers | changed, timeout=60)
    assert answer.status_code in (400, 403)
    assert not storage.exists("portrait")


def test_presigned_addresses_carry_the_public_name_of_the_store():
    storage = Storage("http://10.0.0.1:1", "a", "b", "c", public_endpoint_url="https://s3.example")
    assert storage.presign_get("k").startswith("https://s3.example/c/k?")
    assert storage.presign_put("k", "a/b", 1).url.startswith("https://s3.example/c/k?")


def test_a_bucket_may_be_ensured_again_with_what_is_in_it(storage: Storage):
    storage.put("kept", b"kept", "text/plain")
    storage.ensure_bucket()
    assert storage.get("kept") == b"kept"


def test_a_bucket_is_deleted_with_what_is_in_it_and_made_anew_empty(object_store: ObjectStore):
    storage = object_store.storage(f"test-{uuid4().hex}")
    storage.ensure_bucket()
    storage.put("here/today", b"x", "text/plain")
    storage.delete_bucket()
    with pytest.raises(StorageRefused, match="NoSuchBucket"):
        storage.get("here/today")
    storage.ensure_bucket()
    assert list(storage.list("")) == []
    storage.delete_bucket()


def test_a_wrong_key_is_refused_and_not_retryable(object_store: ObjectStore):
    stranger = Storage(object_store.endpoint_url, "stranger", "wrong", "tests")
    with pytest.raises(StorageRefused) as refused:
        stranger.put("k", b"x", "text/plain")
    assert not refused.value.retryable


def test_a_store_that_is_away_is_unavailable_and_retryable():
    storage = Storage("http://127.0.0.1:1", "a", "b", "c")
    with pytest.raises(StorageUnavailable) as away:
        storage.get("k")
    assert away.value.retryable


def test_nobody_reads_past_the_keys_through_the_stores_other_doors(
    storage: Storage, object_store: ObjectStore
):
    storage.put("secret", b"secret", "text/plain")
    name = httpx.URL(storage.presign_get("secret")).path
    filer = f"http://127.0.0.1:{object_store.ports['filer']}"
    assert httpx.get(f"{filer}/buckets{name}", timeout=60).status_code == 401
    assert httpx.put(f"{filer}/buckets{name}", content=b"mine", timeout=60).status_code == 401
    assert storage.get("secret") == b"secret"
