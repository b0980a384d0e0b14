"""Batches over HTTP: taken in, told of, cancelled, fetched."""

import io
import json
import zipfile
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from httpx_sse import EventSource
from sqlalchemy import select

from db import jobs
from db.models import Asset, BatchEvent, Export, Job, JobStatus, Lane
from db.session import Database
from pipeline.storage import Storage, export_key
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_spec, an_asset

NOBODY = str(UUID(int=1))


def an_item(number: int, **given: Any) -> dict[str, Any]:
    standard = {
        "external_id": f"unit-{number}",
        "title": f"Unit {number}",
        "scenes": [{"narration": f"This is unit {number}."}],
    }
    return standard | given


def batch_of(portrait: Asset, *items: dict[str, Any], **given: Any) -> dict[str, Any]:
    return {"defaults": {"portrait_id": str(portrait.id)}, "items": list(items), **given}


def accepted(person: Person, body: dict[str, Any]) -> dict[str, Any]:
    answer = person.post("/api/batches", json=body)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"] == f"/api/batches/{answer.json()['id']}"
    batch: dict[str, Any] = answer.json()
    return batch


def items_of(person: Person, batch: dict[str, Any], **query: Any) -> list[dict[str, Any]]:
    answer = person.get(f"/api/batches/{batch['id']}/items", params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def end(database: Database, job_id: str, status: JobStatus = JobStatus.SUCCEEDED) -> None:
    """As the worker would, without one."""
    error = {"code": "no_face", "detail": "None.", "advice": "Another."}
    with database.transaction() as db:
        job = jobs.lock(db, UUID(job_id))
        assert job is not None
        jobs.end(db, job, status, **(error if status is JobStatus.FAILED else {}))


def test_every_item_is_laid_over_the_defaults(
    ada: Person, portrait: Asset, database: Database
) -> None:
    body = batch_of(portrait, an_item(1), an_item(2, speech={"seed": 7}), title="Weather")
    body["defaults"]["speech"] = {"seed": 3, "speaking_rate": 13}
    batch = accepted(ada, body)
    assert (batch["title"], batch["items"], batch["refused"]) == ("Weather", 2, [])
    assert batch["counts"] == {
        "queued": 2, "running": 0, "succeeded": 0, "failed": 0, "cancelled": 0,
    }  # fmt: skip
    assert batch["seconds_left"] > 0
    assert batch["finished_at"] is None
    first, second = items_of(ada, batch)
    assert [first["batch_row"], second["batch_row"]] == [1, 2]
    assert [first["external_id"], second["external_id"]] == ["unit-1", "unit-2"]
    assert {first["priority"], second["priority"]} == {"batch"}
    with database.transaction() as db:
        specs = [db.get_one(Job, UUID(item["id"])).spec["speech"] for item in (first, second)]
        assert [job.lane for job in db.scalars(select(Job))] == [Lane.BATCH] * 2
    assert [(spec["seed"], spec["speaking_rate"]) for spec in specs] == [(3, 13), (7, 13)]
    assert ada.get(f"/api/batches/{batch['id']}").json() == batch


def test_one_bad_item_of_five_hundred_keeps_the_others_from_nothing(
    ada: Person, portrait: Asset
) -> None:
    items = [an_item(number) for number in range(1, 501)]
    items[249] = an_item(250, portrait_id=NOBODY, scenes=[{"narration": "😀"}])
    batch = accepted(ada, batch_of(portrait, *items))
    assert batch["counts"]["queued"] == batch["items"] == 499
    [refused] = batch["refused"]
    assert (refused["row"], refused["external_id"]) == (250, "unit-250")
    assert fields(refused) == {
        ("scenes.0.narration", "nothing_to_say"), ("portrait_id", "asset_not_found"),
    }  # fmt: skip


BAD: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"title": " "}, ("title", "string_too_short")),
    ({"colour": "red"}, ("colour", "extra_forbidden")),
    ({"prompt": "Rain"}, ("body", "value_error")),
    ({"portrait_id": NOBODY}, ("portrait_id", "asset_not_found")),
    ({"scenes": [{"narration": "Wait. [pause 9999s]"}]}, ("scenes.0.narration", "pause_too_long")),
    ({"external_id": "unit-1"}, ("external_id", "external_id_taken")),
    ({"priority": "interactive"}, ("priority", "priority_refused")),
    ({"exports": ["lesson.avi"]}, ("exports.0", "literal_error")),
]  # fmt: skip


@pytest.mark.parametrize(("change", "wrong"), BAD)
def test_a_bad_item_is_told_with_all_that_is_wrong_with_it(
    ada: Person, portrait: Asset, change: dict[str, Any], wrong: tuple[str, str]
) -> None:
    body = batch_of(portrait, an_item(1), an_item(2, **change))
    batch = accepted(ada, body)
    assert [(each["row"], fields(each)) for each in batch["refused"]] == [(2, {wrong})]
    refused = ada.post("/api/batches", json=body | {"atomic": True})
    problem = assert_problem(
        refused, 422, "batch_refused", "1 of the 2 items are not valid, and nothing was taken."
    )
    assert fields(problem) == {(f"items.1.{wrong[0]}", wrong[1])}
    assert ada.get("/api/batches").json()["total"] == 1
    assert ada.get("/api/jobs").json()["total"] == 1


def test_a_batch_of_which_nothing_is_good_is_refused(ada: Person, portrait: Asset) -> None:
    body = batch_of(portrait, an_item(1, title=""), an_item(2, engines={"speech": 7}))
    problem = assert_problem(ada.post("/api/batches", json=body), 422, "batch_refused")
    assert fields(problem) == {
        ("items.0.title", "string_too_short"), ("items.1.engines.speech", "string_type"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({}, ("body", "value_error")),
        ({"items": []}, ("body", "value_error")),
        ({"items": [{}] * 501}, ("items", "too_long")),
        ({"items": [{}], "template": {}, "csv": "a"}, ("body", "value_error")),
        ({"template": {}}, ("body", "value_error")),
        ({"csv": "a,b\n1,2"}, ("body", "value_error")),
        ({"template": {"title": "{{b}}"}, "csv": "a\n1"}, ("template", "variable_unknown")),
        ({"template": {"title": "{{a}}"}, "csv": "a\n"}, ("csv", "csv_rows")),
        ({"template": {"title": "{{a}}"}, "csv": "a\n" + "1\n" * 501}, ("csv", "csv_rows")),
        ({"template": {"title": "{{a}}"}, "csv": "a,a\n1,2"}, ("csv", "csv_columns")),
        ({"template": {"title": "{{a}}"}, "csv": 'a\n"1'}, ("csv", "csv_unreadable")),
        ({"items": [{}], "colour": "red"}, ("colour", "extra_forbidden")),
    ],
)
def test_a_batch_that_cannot_be_read_is_refused(
    ada: Person, body: dict[str, Any], wrong: tuple[str, str]
) -> None:
    problem = assert_problem(ada.post("/api/batches", json=body), 422, "request_invalid")
    assert wrong in fields(problem)


def test_a_column_that_is_not_used_is_not_passed_over(ada: Person) -> None:
    body = {"template": {"title": "{{a}}"}, "csv": "a,b\n1,2"}
    problem = assert_problem(ada.post("/api/batches", json=body), 422, "request_invalid")
    assert fields(problem) == {("csv", "column_unused")}


TEMPLATE = {
    "title": "{{ name }}: how it is made",
    "scenes": [{"narration": "{{name}} is made like this. {{text}}"}],
    "minutes": "{{minutes}}",
}  # fmt: skip


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("as_form", [False, True])
def test_a_template_is_filled_from_a_csv(
    ada: Person, portrait: Asset, separator: str, as_form: bool
) -> None:
    lines = [
        ["external_id", "name", "text", "minutes"],
        ["w-1", "Rain", '"It falls, drop by drop; and ""wet""."', "1.5"],
        [],
        ["w-2", "Wind", '"First line.\nSecond line."', ""],
        ["w-3", "Snow"],
    ]
    text = "\ufeff" + "\r\n".join(separator.join(line) for line in lines)
    template = TEMPLATE | {"portrait_id": str(portrait.id)}
    if as_form:
        answer = ada.post(
            "/api/batches",
            data={"template": json.dumps(template), "title": "Weather"},
            files={"csv": ("weather.csv", text.encode(), "text/csv")},
        )
        assert answer.status_code == 202, answer.text
        batch = answer.json()
    else:
        batch = accepted(ada, {"template": template, "csv": text, "title": "Weather"})
    assert batch["title"] == "Weather"
    rain, wind = (ada.get(f"/api/jobs/{item['id']}").json() for item in items_of(ada, batch))
    assert (rain["external_id"], rain["title"]) == ("w-1", "Rain: how it is made")
    narration = 'Rain is made like this. It falls, drop by drop; and "wet".'
    assert rain["scenes"][0]["narration"] == narration
    assert (rain["spec"]["minutes"], wind["spec"]["minutes"]) == (1.5, None)
    assert wind["scenes"][0]["narration"].endswith("First line.\nSecond line.")
    assert [(each["row"], fields(each)) for each in batch["refused"]] == [
        (3, {("csv", "csv_cells")})
    ]


@pytest.mark.parametrize(
    ("data", "files", "code"),
    [
        ({"template": "{"}, {"csv": ("a.csv", b"a\n1")}, "body_malformed"),
        ({"template": "{}"}, {"csv": ("a.csv", b"\xff\xfe\x00")}, "body_malformed"),
        ({"template": "{}"}, {"other": ("a.csv", b"a\n1")}, "request_invalid"),
        ({"template": "[1]"}, {"csv": ("a.csv", b"a\n1")}, "request_invalid"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused(
    ada: Person, data: dict[str, str], files: dict[str, Any], code: str
) -> None:
    answer = ada.post("/api/batches", data=data, files=files)
    assert_problem(answer, 400 if code == "body_malformed" else 422, code)


def test_external_ids_may_come_again_in_another_batch(ada: Person, portrait: Asset) -> None:
    body = batch_of(portrait, an_item(1))
    first, second = accepted(ada, body), accepted(ada, body)
    found = ada.get("/api/jobs", params={"external_id": "unit-1"}).json()
    assert {item["batch_id"] for item in found["items"]} == {first["id"], second["id"]}
    [one] = ada.get("/api/jobs", params={"batch": first["id"]}).json()["items"]
    assert one["batch_id"] == first["id"]


def test_the_last_item_to_end_finishes_the_batch_once(
    ada: Person, portrait: Asset, database: Database
) -> None:
    batch = accepted(ada, batch_of(portrait, *(an_item(n) for n in range(1, 4))))
    first, second, third = (item["id"] for item in items_of(ada, batch))
    end(database, first)
    end(database, second, JobStatus.FAILED)
    assert ada.get(f"/api/batches/{batch['id']}").json()["finished_at"] is None
    assert ada.post(f"/api/jobs/{third}/cancel").status_code == 202
    read = ada.get(f"/api/batches/{batch['id']}").json()
    assert read["finished_at"].endswith("Z")
    assert read["seconds_left"] is None
    counts = {"queued": 0, "running": 0, "succeeded": 1, "failed": 1, "cancelled": 1}
    assert read["counts"] == counts
    assert ada.post(f"/api/jobs/{second}/retry").status_code == 202
    again = ada.get(f"/api/batches/{batch['id']}").json()
    assert (again["finished_at"], again["making"]) == (None, 2)
    end(database, second)
    with database.transaction() as db:
        told = db.scalars(select(BatchEvent).order_by(BatchEvent.making)).all()
    assert [(event.kind, event.making) for event in told] == [
        ("batch.finished", 1), ("batch.finished", 2),
    ]  # fmt: skip
    assert told[0].data == {"batch_id": batch["id"], "title": "Batch", "counts": counts}


def test_a_batch_is_finished_when_the_last_job_that_waits_is_deleted(
    ada: Person, portrait: Asset, database: Database
) -> None:
    batch = accepted(ada, batch_of(portrait, an_item(1), an_item(2)))
    first, second = (item["id"] for item in items_of(ada, batch))
    end(database, first)
    assert ada.delete(f"/api/jobs/{second}").status_code == 204
    assert ada.get(f"/api/batches/{batch['id']}").json()["finished_at"] is not None


def test_a_batch_is_cancelled_with_all_that_is_not_finished(
    ada: Person, portrait: Asset, database: Database
) -> None:
    batch = accepted(ada, batch_of(portrait, *(an_item(n) for n in range(1, 5))))
    done, running, *_ = (item["id"] for item in items_of(ada, batch))
    end(database, done)
    with database.transaction() as db:
        job = db.get_one(Job, UUID(running))
        job.status, job.leased_until = JobStatus.RUNNING, job.created_at
    answer = ada.post(f"/api/batches/{batch['id']}/cancel")
    assert answer.status_code == 202, answer.text
    counts = answer.json()["counts"]
    assert (counts["succeeded"], counts["running"], counts["cancelled"]) == (1, 1, 2)
    assert answer.json()["cancelled_at"] is not None
    with database.transaction() as db:
        assert db.get_one(Job, UUID(running)).cancel_asked_at is not None
    end(database, running, JobStatus.CANCELLED)
    again = ada.post(f"/api/batches/{batch['id']}/cancel")
    assert_problem(again, 409, "batch_finished", "All jobs of the batch have ended already.")


def test_what_failed_in_a_batch_is_set_going_again_together(
    ada: Person, portrait: Asset, database: Database
) -> None:
    batch = accepted(ada, batch_of(portrait, *(an_item(n) for n in range(1, 4))))
    place = f"/api/batches/{batch['id']}/retry"
    assert_problem(
        ada.post(place), 409, "batch_not_retryable", "No lesson of the batch has failed."
    )
    first, *others = (item["id"] for item in items_of(ada, batch))
    end(database, first)
    for job_id in others:
        end(database, job_id, JobStatus.FAILED)
    assert ada.get(f"/api/batches/{batch['id']}").json()["finished_at"] is not None
    answer = ada.post(place)
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert (told["counts"]["queued"], told["counts"]["succeeded"]) == (2, 1)
    assert (told["finished_at"], told["making"]) == (None, 2)
    with database.transaction() as db:
        assert [db.get_one(Job, UUID(job_id)).making for job_id in others] == [2, 2]


def test_items_are_listed_by_status_a_page_at_a_time(
    ada: Person, portrait: Asset, database: Database
) -> None:
    batch = accepted(ada, batch_of(portrait, *(an_item(n) for n in range(1, 6))))
    ids = [item["id"] for item in items_of(ada, batch)]
    end(database, ids[1])
    end(database, ids[3], JobStatus.FAILED)
    ended = items_of(ada, batch, status=["succeeded", "failed"])
    assert [item["batch_row"] for item in ended] == [2, 4]
    place, seen, cursor = f"/api/batches/{batch['id']}/items", [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = ada.get(place, params=query).json()
        seen += [item["batch_row"] for item in page["items"]]
        assert page["total"] == 5
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == [1, 2, 3, 4, 5]


def test_batches_are_listed_and_found(ada: Person, portrait: Asset, database: Database) -> None:
    rain = accepted(ada, batch_of(portrait, an_item(1), title="Rain"))
    accepted(ada, batch_of(portrait, an_item(1), an_item(2, title=""), title="100% snow"))
    end(database, items_of(ada, rain)[0]["id"])

    def titles(**query: Any) -> list[str]:
        return [each["title"] for each in ada.get("/api/batches", params=query).json()["items"]]

    assert titles() == ["100% snow", "Rain"]
    assert titles(finished=True) == ["Rain"]
    assert titles(finished=False) == ["100% snow"]
    assert titles(q="0% S") == ["100% snow"]
    assert titles(created_after="2100-01-01T00:00:00Z") == []
    snow = ada.get("/api/batches").json()["items"][0]
    assert (snow["counts"]["queued"], snow["refused_count"]) == (1, 1)


def test_nobody_sees_the_batch_of_another(ada: Person, bob: Person, portrait: Asset) -> None:
    batch = accepted(ada, batch_of(portrait, an_item(1)))
    place = f"/api/batches/{batch['id']}"
    for answer in (
        bob.get(place),
        bob.get(f"{place}/items"),
        bob.get(f"{place}/events"),
        bob.post(f"{place}/cancel"),
        bob.get(f"{place}/manifest.json"),
        bob.get(f"{place}/archive.zip"),
    ):
        assert_problem(answer, 404, "batch_not_found", "You have no batch with this id.")
    assert bob.get("/api/batches").json()["items"] == []
    assert bob.get("/api/jobs", params={"batch": batch["id"]}).json()["items"] == []


def with_exports(database: Database, storage: Storage, job_id: str, **files: bytes) -> None:
    with database.transaction() as db:
        job = db.get_one(Job, UUID(job_id))
        for name, data in files.items():
            name = name.replace("_", ".")
            key = export_key(job.owner_id, job.id, name)
            storage.put(key, data, "video/mp4")
            db.add(
                Export(
                    job_id=job.id, name=name, content_type="video/mp4",
                    bytes=len(data), sha256="ab" * 32, storage_key=key,
                )
            )  # fmt: skip


def test_the_manifest_tells_of_every_item_with_its_files(
    ada: Person, portrait: Asset, database: Database, storage: Storage
) -> None:
    batch = accepted(ada, batch_of(portrait, an_item(1), an_item(2), an_item(3, title="")))
    first, second = (item["id"] for item in items_of(ada, batch))
    with_exports(database, storage, first, lesson_mp4=b"a film")
    end(database, first)
    end(database, second, JobStatus.FAILED)
    answer = ada.get(f"/api/batches/{batch['id']}/manifest.json")
    assert answer.status_code == 200
    told = answer.json()
    assert [(item["row"], item["external_id"], item["status"]) for item in told["items"]] == [
        (1, "unit-1", "succeeded"), (2, "unit-2", "failed"),
    ]  # fmt: skip
    assert [item["job_id"] for item in told["items"]] == [first, second]
    assert told["items"][1]["error"]["code"] == "no_face"
    [export] = told["items"][0]["exports"]
    assert (export["name"], export["bytes"], export["sha256"]) == ("lesson.mp4", 6, "ab" * 32)
    assert httpx.get(export["address"], timeout=60).content == b"a film"
    assert [each["row"] for each in told["refused"]] == [3]


def test_the_archive_holds_what_succeeded_under_safe_names(
    ada: Person, portrait: Asset, database: Database, storage: Storage
) -> None:
    names = ["../../etc/passwd", "unit 2: Ä/ö?", "unit-3", "unit-4"]
    items = [an_item(n, external_id=name) for n, name in enumerate(names, start=1)]
    batch = accepted(ada, batch_of(portrait, *items))
    ids = [item["id"] for item in items_of(ada, batch)]
    film = bytes(range(256)) * 3000
    for job_id in ids[:3]:
        with_exports(database, storage, job_id, lesson_mp4=film, captions_vtt=job_id.encode())
    end(database, ids[0])
    end(database, ids[1])
    end(database, ids[2], JobStatus.FAILED)
    place = f"/api/batches/{batch['id']}/archive.zip"
    answer = ada.get(place)
    assert answer.headers["content-type"] == "application/zip"
    assert int(answer.headers["lectern-files-bytes"]) == 2 * (len(film) + len(ids[0]))
    with zipfile.ZipFile(io.BytesIO(answer.content)) as found:
        assert found.testzip() is None
        assert found.namelist() == [
            "001-etc-passwd/captions.vtt", "001-etc-passwd/lesson.mp4",
            "002-unit-2-Ä-ö/captions.vtt", "002-unit-2-Ä-ö/lesson.mp4",
        ]  # fmt: skip
        assert found.read("002-unit-2-Ä-ö/lesson.mp4") == film
        assert found.read("001-etc-passwd/captions.vtt") == ids[0].encode()
    some = ada.get(place, params={"exports": ["captions.vtt"]})
    with zipfile.ZipFile(io.BytesIO(some.content)) as found:
        assert len(found.namelist()) == 2
    wrong = ada.get(place, params={"exports": ["lesson.avi"]})
    assert fields(assert_problem(wrong, 422, "request_invalid")) == {("exports.0", "literal_error")}


def test_a_batch_can_be_watched_to_its_end(
    ada: Person, portrait: Asset, server: str, database: Database
) -> None:
    batch = accepted(ada, batch_of(portrait, an_item(1), an_item(2)))
    first, second = (item["id"] for item in items_of(ada, batch))
    place = f"{server}/api/batches/{batch['id']}/events"
    with httpx.stream("GET", place, headers=ada.headers, timeout=60) as answer:
        stream = EventSource(answer).iter_sse()
        start = next(stream)
        end(database, first, JobStatus.FAILED)
        failed = next(stream)
        counts = next(stream)
        end(database, second)
        rest = list(stream)
    assert (start.event, start.json()["counts"]["queued"]) == ("counts", 2)
    assert (failed.event, failed.json()["row"], failed.json()["status"]) == ("item", 1, "failed")
    assert failed.json()["error"]["code"] == "no_face"
    assert (counts.event, counts.json()["counts"]["failed"]) == ("counts", 1)
    assert [event.event for event in rest] == ["item", "counts", "finished"]
    assert rest[-1].json() == ada.get(f"/api/batches/{batch['id']}").json()
    last = rest[0].id
    resumed = httpx.get(place, headers=ada.headers | {"Last-Event-ID": failed.id}, timeout=60)
    assert [each.event for each in EventSource(resumed).iter_sse()] == [
        "item", "counts", "finished",
    ]  # fmt: skip
    done = ada.get(f"/api/batches/{batch['id']}/events", headers={"Last-Event-ID": last})
    assert (done.status_code, done.content) == (204, b"")


def test_a_job_that_somebody_waits_for_overtakes_a_batch(
    ada: Person, bob: Person, portrait: Asset, database: Database
) -> None:
    accepted(ada, batch_of(portrait, *(an_item(n) for n in range(1, 21))))
    with database.transaction() as db:
        own = an_asset(db, bob.user)
    urgent = bob.post("/api/jobs", json=a_spec(own.id)).json()
    assert urgent["queue_position"] == 1
    mine = ada.post("/api/jobs", json=a_spec(portrait.id, external_id=str(uuid4()))).json()
    assert mine["queue_position"] == 2
