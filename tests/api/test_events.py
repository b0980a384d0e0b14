"""A job's history as server-sent events, by a real server."""

import threading
from uuid import UUID

import fastapi.routing
import httpx
import pytest
from httpx_sse import EventSource, ServerSentEvent

from db import events, jobs
from db.models import Asset, JobStatus
from db.session import Database
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_spec, an_asset


@pytest.fixture
def job_id(ada: Person, portrait: Asset) -> UUID:
    return UUID(ada.post("/api/jobs", json=a_spec(portrait.id)).json()["id"])


def place(job_id: UUID) -> str:
    return f"/api/jobs/{job_id}/events"


def append(database: Database, job_id: UUID, kind: str, **data: object) -> None:
    with database.transaction() as db:
        events.append(db, job_id, kind, **data)


def finish(database: Database, job_id: UUID) -> None:
    with database.transaction() as db:
        job = jobs.lock(db, job_id)
        assert job is not None
        jobs.end(db, job, JobStatus.SUCCEEDED, seconds=61.5, exports=["lesson.mp4"])


def heard(answer: httpx.Response) -> list[ServerSentEvent]:
    assert answer.headers["content-type"].startswith("text/event-stream")
    return list(EventSource(answer).iter_sse())


def test_a_reader_gets_everything_as_it_happens_and_then_the_end(
    ada: Person, server: str, database: Database, job_id: UUID
) -> None:
    with httpx.stream("GET", server + place(job_id), headers=ada.headers, timeout=240) as answer:
        stream = EventSource(answer).iter_sse()
        first = next(stream)
        append(database, job_id, "step.progress", step="speech", progress=0.5)
        second = next(stream)
        finish(database, job_id)
        rest = list(stream)
    assert (first.id, first.event) == ("1", "job.queued")
    assert second.json() | {"created_at": ""} == {
        "number": 2,
        "making": 1,
        "kind": "step.progress",
        "data": {"step": "speech", "progress": 0.5},
        "created_at": "",
    }
    assert second.json()["created_at"].endswith("Z")
    assert [(event.id, event.event) for event in rest] == [("3", "job.succeeded")]
    assert rest[0].json()["data"] == {"seconds": 61.5, "exports": ["lesson.mp4"]}


def test_many_readers_share_one_listener(
    ada: Person, server: str, database: Database, job_id: UUID
) -> None:
    numbers: list[list[str]] = [[] for _ in range(8)]

    def read(seen: list[str]) -> None:
        answer = httpx.get(server + place(job_id), headers=ada.headers, timeout=240)
        seen += [event.id for event in heard(answer)]

    readers = [threading.Thread(target=read, args=(seen,)) for seen in numbers]
    for reader in readers:
        reader.start()
    for number in range(20):
        append(database, job_id, "step.progress", progress=number / 20)
    finish(database, job_id)
    for reader in readers:
        reader.join(240)
    assert numbers == [[str(number) for number in range(1, 23)]] * 8


@pytest.mark.parametrize("by", ["header", "query", "both"])
def test_a_reader_who_was_cut_off_goes_on_where_they_were(
    ada: Person, database: Database, job_id: UUID, by: str
) -> None:
    for number in range(4):
        append(database, job_id, "step.progress", progress=number / 4)
    finish(database, job_id)
    headers = {"Last-Event-ID": "3"} if by != "query" else {}
    params = {"after": {"query": 3, "both": 1}[by]} if by != "header" else {}
    answer = ada.get(place(job_id), headers=headers, params=params)
    assert [event.id for event in heard(answer)] == ["4", "5", "6"]


def test_who_has_everything_of_an_ended_job_is_told_not_to_come_back(
    ada: Person, database: Database, job_id: UUID
) -> None:
    finish(database, job_id)
    answer = ada.get(place(job_id), headers={"Last-Event-ID": "2"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_long_history_comes_whole(ada: Person, database: Database, job_id: UUID) -> None:
    with database.transaction() as db:
        for number in range(1100):
            events.append(db, job_id, "step.progress", progress=number / 1100)
    finish(database, job_id)
    ids = [int(event.id) for event in heard(ada.get(place(job_id)))]
    assert ids == list(range(1, 1103))


def test_the_end_of_an_earlier_making_is_not_the_end(
    ada: Person, server: str, database: Database, job_id: UUID
) -> None:
    ada.post(f"/api/jobs/{job_id}/cancel")
    ada.post(f"/api/jobs/{job_id}/retry")
    with httpx.stream("GET", server + place(job_id), headers=ada.headers, timeout=240) as answer:
        stream = EventSource(answer).iter_sse()
        kinds = [next(stream).event for _ in range(3)]
        finish(database, job_id)
        kinds += [event.event for event in stream]
    assert kinds == ["job.queued", "job.cancelled", "job.queued", "job.succeeded"]


@pytest.fixture
def quick_poll(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serve.history.POLL_SECONDS", 0.2)


def test_a_deleted_job_ends_its_stream(
    quick_poll: None, ada: Person, server: str, job_id: UUID
) -> None:
    with httpx.stream("GET", server + place(job_id), headers=ada.headers, timeout=240) as answer:
        stream = EventSource(answer).iter_sse()
        assert next(stream).event == "job.queued"
        assert ada.delete(f"/api/jobs/{job_id}").status_code == 204
        assert list(stream) == []


def test_a_silent_stream_is_kept_open_by_comments(
    ada: Person, server: str, job_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert fastapi.routing._PING_INTERVAL == 15, "what we promise"
    monkeypatch.setattr(fastapi.routing, "_PING_INTERVAL", 0.1)
    with httpx.stream("GET", server + place(job_id), headers=ada.headers, timeout=240) as answer:
        lines = answer.iter_lines()
        assert next(line for line in lines if line.startswith(":")) == ": ping"


@pytest.mark.parametrize("seen", ["-1", "x", str(2**31)])
def test_a_place_in_the_history_must_be_a_number(ada: Person, job_id: UUID, seen: str) -> None:
    for answer in (
        ada.get(place(job_id), headers={"Last-Event-ID": seen}),
        ada.get(place(job_id), params={"after": seen}),
    ):
        [(field, _)] = fields(assert_problem(answer, 422, "request_invalid"))
        assert field in ("Last-Event-ID", "last-event-id", "after")


def test_the_events_of_all_ones_jobs_come_in_one_stream(
    ada: Person, bob: Person, server: str, database: Database, portrait: Asset, job_id: UUID
) -> None:
    with database.transaction() as db:
        foreign = an_asset(db, bob.user)
    place = f"{server}/api/events"
    with httpx.stream("GET", place, headers=ada.headers, timeout=240) as answer:
        stream = EventSource(answer).iter_sse()
        opened = next(stream)
        bob.post("/api/jobs", json=a_spec(foreign.id))
        other = ada.post("/api/jobs", json=a_spec(portrait.id)).json()["id"]
        finish(database, job_id)
        told = [next(stream) for _ in range(2)]
    assert (opened.event, opened.json()) == ("opened", {"place": int(opened.id)})
    assert [(each.event, each.json()["job_id"]) for each in told] == [
        ("job.queued", other), ("job.succeeded", str(job_id)),
    ]  # fmt: skip
    assert int(opened.id) < int(told[0].id) < int(told[1].id)
    append(database, UUID(other), "step.progress", progress=0.5)
    headers = ada.headers | {"Last-Event-ID": told[0].id}
    with httpx.stream("GET", place, headers=headers, timeout=240) as answer:
        stream = EventSource(answer).iter_sse()
        again = [next(stream) for _ in range(3)]
    assert [each.event for each in again] == ["opened", "job.succeeded", "step.progress"]
    assert (again[0].id, again[1].id) == (told[0].id, told[1].id)
    with httpx.stream("GET", f"{place}?after=0", headers=ada.headers, timeout=240) as answer:
        stream = EventSource(answer).iter_sse()
        assert [next(stream).event for _ in range(5)] == [
            "opened", "job.queued", "job.queued", "job.succeeded", "step.progress",
        ]  # fmt: skip


def test_a_stream_without_an_end_is_broken_off_so_that_its_reader_signs_in_anew(
    ada: Person, job_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("serve.history.LONGEST_SECONDS", 1.0)
    assert [event.event for event in heard(ada.get("/api/events"))] == ["opened"]
    kinds = [event.event for event in heard(ada.get("/api/events", params={"after": 0}))]
    assert kinds == ["opened", "job.queued"]


def test_events_that_are_committed_late_are_not_passed_over(
    ada: Person, database: Database, portrait: Asset, job_id: UUID
) -> None:
    """The event that was written first is committed last, and has the later place."""
    other = UUID(ada.post("/api/jobs", json=a_spec(portrait.id)).json()["id"])
    with database.transaction() as late:
        events.append(late, job_id, "step.progress", progress=0.1)
        append(database, other, "step.progress", progress=0.2)
        with database.transaction() as reader:
            seen = events.after_place(reader, ada.user.id, 0)
    with database.transaction() as reader:
        rest = events.after_place(reader, ada.user.id, seen[-1].place)
    assert [told.event.job_id for told in seen] == [job_id, other, other]
    assert [(told.event.job_id, told.event.data) for told in rest] == [(job_id, {"progress": 0.1})]


def test_many_writers_at_once_lose_a_reader_nothing(
    ada: Person, database: Database, portrait: Asset
) -> None:
    made = [UUID(ada.post("/api/jobs", json=a_spec(portrait.id)).json()["id"]) for _ in range(4)]

    def write(job: UUID) -> None:
        for number in range(25):
            append(database, job, "step.progress", progress=number / 25)

    writers = [threading.Thread(target=write, args=(job,)) for job in made]
    for writer in writers:
        writer.start()
    read: list[events.Told] = []
    while len(read) < 4 * 26:
        writing = any(writer.is_alive() for writer in writers)
        with database.transaction() as db:
            found = events.after_place(db, ada.user.id, read[-1].place if read else 0)
        read += found
        assert found or writing, "all is written, and something is missing"
    for writer in writers:
        writer.join(240)
    for job in made:
        numbers = [told.event.number for told in read if told.event.job_id == job]
        assert numbers == list(range(1, 27))
