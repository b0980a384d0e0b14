"""Lessons on other people's pages: who knows the address watches, until it is taken back."""

import asyncio
import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any
from uuid import UUID

import httpx
import pytest
from structlog.testing import capture_logs

from db import jobs
from db.models import Asset, EmbedViews, Job, JobStatus
from db.session import Database
from pipeline.lesson import ExportName
from pipeline.producer import Producer
from pipeline.storage import Storage, export_key
from serve.errors import RangeRefused
from serve.ranges import Part, part_of
from tests.api.conftest import Person
from tests.api.problems import assert_problem
from tests.factories import a_spec, an_asset
from tests.fakes.engines import CountedScript, CountedSpeech, CountedVideo
from tests.fakes.studio import AT_ONCE, QUICK, running, until

ALL: tuple[ExportName, ...] = ("lesson.mp4", "poster.jpg")
Make = Callable[..., str]


@pytest.fixture
def make(ada: Person, database: Database, storage: Storage) -> Make:
    """Makes a lesson, and gives its id."""

    def lesson(**given: Any) -> str:
        with database.transaction() as db:
            portrait = an_asset(db, ada.user)
        storage.put(portrait.storage_key, b"a portrait", "image/png")
        spec = a_spec(portrait.id, exports=ALL, **given)
        answer = ada.post("/api/jobs", json=spec)
        assert answer.status_code == 202, answer.text
        job_id: str = answer.json()["id"]
        asyncio.run(work(job_id))
        return job_id

    async def work(job_id: str) -> None:
        worker = Producer(
            database, storage, CountedScript(), CountedSpeech(), CountedVideo(),
            name="worker", timing=QUICK, retries=AT_ONCE,
        )  # fmt: skip

        def ended() -> bool:
            with database.transaction() as db:
                return db.get_one(Job, UUID(job_id)).status in jobs.ENDED

        async with running(worker):
            await until(ended)

    return lesson


def embedded(person: Person, job_id: str, **body: Any) -> dict[str, Any]:
    answer = person.post(f"/api/jobs/{job_id}/embed", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def player(told: dict[str, Any]) -> str:
    """The path of the address."""
    return str(httpx.URL(told["address"]).path)


def test_anybody_who_knows_the_address_watches(ada: Person, make: Make, storage: Storage) -> None:
    job_id = make(title='Rain & "snow"')
    told = embedded(ada, job_id)
    assert ada.get(f"/api/jobs/{job_id}/embed").json() == told
    place = player(told)
    assert re.fullmatch(r"/embed/[\w-]{43}", place)
    assert f'src="{told["address"]}" title="Rain &amp; &quot;snow&quot;"' in told["iframe"]
    page = ada.client.get(place)
    assert page.status_code == 200
    assert "Rain &amp; " in page.text
    assert "Warm air" in page.text
    links = {*re.findall(r'(?:src|href|poster)="([^"#]+)"', page.text)}
    token = place.rpartition("/")[2]
    assert {f"{token}/lesson.mp4", f"{token}/captions.vtt", "player/player.js"} <= links
    for link in links:
        answer = ada.client.get(f"/embed/{link}")
        assert answer.status_code == 200, link
    film = ada.client.get(f"{place}/lesson.mp4")
    key = export_key(ada.user.id, UUID(job_id), "lesson.mp4")
    assert film.content == storage.get(key)
    assert (film.headers["content-type"], film.headers["accept-ranges"]) == ("video/mp4", "bytes")
    assert ada.client.get(f"{place}/captions.vtt").text.startswith("WEBVTT")


def test_a_player_asks_for_parts_of_the_film(ada: Person, make: Make, storage: Storage) -> None:
    job_id = make()
    place = f"{player(embedded(ada, job_id))}/lesson.mp4"
    film = storage.get(export_key(ada.user.id, UUID(job_id), "lesson.mp4"))
    part = ada.client.get(place, headers={"Range": "bytes=100-299"})
    assert (part.status_code, part.content) == (206, film[100:300])
    assert part.headers["content-range"] == f"bytes 100-299/{len(film)}"
    assert part.headers["content-length"] == "200"
    end = ada.client.get(place, headers={"Range": "bytes=-50"})
    assert end.content == film[-50:]
    beyond = ada.client.get(place, headers={"Range": f"bytes={len(film)}-"})
    assert_problem(beyond, 416, "range_refused")
    assert beyond.headers["content-range"] == f"bytes */{len(film)}"


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        (None, None),
        ("bytes=0-", Part(0, 10)),
        ("bytes=0-0", Part(0, 1)),
        ("bytes=5-100", Part(5, 10)),
        ("bytes=-4", Part(6, 10)),
        ("bytes=-40", Part(0, 10)),
        ("bytes=-", None),
        ("bytes=5-4", None),
        ("bytes=0-1,3-4", None),
        ("lines=0-1", None),
        ("bytes=" + "9" * 30 + "-", None),
    ],
)
def test_one_range_is_served_and_what_is_none_is_the_whole(
    asked: str | None, part: Part | None
) -> None:
    assert part_of(asked, 10) == part


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=-0", "bytes=99-100"])
def test_a_range_beyond_the_file_is_refused(asked: str) -> None:
    with pytest.raises(RangeRefused):
        part_of(asked, 10)


def test_a_film_is_sent_once_to_who_keeps_it_and_not_to_who_asks_how_long_it_is(
    ada: Person, make: Make, storage: Storage
) -> None:
    job_id = make()
    place = player(embedded(ada, job_id))
    film = storage.get(export_key(ada.user.id, UUID(job_id), "lesson.mp4"))
    asked = ada.client.head(f"{place}/lesson.mp4", headers={"Range": "bytes=0-9"})
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["content-length"] == str(len(film))
    tag = asked.headers["etag"]
    kept = ada.client.get(f"{place}/lesson.mp4", headers={"If-None-Match": f'"another", {tag}'})
    assert (kept.status_code, kept.content, kept.headers["etag"]) == (304, b"", tag)
    for begun, answered in ((tag, film[:10]), ('"another"', film)):
        headers = {"Range": "bytes=0-9", "If-Range": begun}
        assert ada.client.get(f"{place}/lesson.mp4", headers=headers).content == answered
    page = ada.client.head(place)
    assert "frame-ancestors *" in page.headers["content-security-policy"]
    assert ada.client.head("/embed/nothing").status_code == 404


def test_who_reads_the_log_may_not_watch(ada: Person, make: Make) -> None:
    place = player(embedded(ada, make()))
    with capture_logs() as lines:
        assert ada.client.get(f"{place}/captions.vtt").status_code == 200
        ada.client.get("/embed/player/player.js")
    paths = [line["path"] for line in lines if line["event"] == "request"]
    assert paths == ["/embed/…/captions.vtt", "/embed/player/player.js"]


def test_an_address_is_taken_back_at_once(ada: Person, make: Make) -> None:
    job_id = make()
    told = embedded(ada, job_id)
    place = player(told)
    assert ada.delete(f"/api/jobs/{job_id}/embed").status_code == 204
    for path in (place, f"{place}/lesson.mp4", f"{place}/captions.vtt", f"{place}/poster.jpg"):
        assert_problem(ada.client.get(path), 404, "player_not_found")
    page = ada.client.get(place, headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "There is no such lesson here, or not any more." in page.text
    assert "Ask whoever gave you the address" in page.text
    assert "frame-ancestors *" in page.headers["content-security-policy"]
    for answer in (ada.get(f"/api/jobs/{job_id}/embed"), ada.delete(f"/api/jobs/{job_id}/embed")):
        assert_problem(answer, 404, "embed_not_found")
    assert embedded(ada, job_id)["address"] != told["address"]


def test_an_address_goes_with_its_lesson(ada: Person, make: Make) -> None:
    job_id = make()
    place = player(embedded(ada, job_id))
    assert ada.delete(f"/api/jobs/{job_id}").status_code == 204
    assert_problem(ada.client.get(place), 404, "player_not_found")


def test_a_lesson_keeps_its_address_while_its_sites_change(ada: Person, make: Make) -> None:
    job_id = make()
    first = embedded(ada, job_id)
    policy = ada.client.get(player(first)).headers["content-security-policy"]
    assert policy.endswith("frame-ancestors *")
    origins = ["https://lms.example.org", "https://*.example.com:8443"]
    second = embedded(ada, job_id, origins=origins)
    assert second["address"] == first["address"]
    answer = ada.client.get(player(first))
    assert answer.headers["content-security-policy"].endswith(
        "frame-ancestors https://lms.example.org https://*.example.com:8443"
    )
    assert answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize(
    "origin",
    ["https://lms..example.org", "https://-lms.example.org", "https://lms.example.org:0",
     "https://*.*.example.org",
     "lms.example.org", "https://a b", "https://a; script-src *", "https://a/x", "javascript:1",
     "https://", "*", "'self'"],
)  # fmt: skip
def test_a_site_that_is_none_is_refused(ada: Person, portrait: Asset, origin: str) -> None:
    job_id = ada.post("/api/jobs", json=a_spec(portrait.id)).json()["id"]
    answer = ada.post(f"/api/jobs/{job_id}/embed", json={"origins": [origin]})
    assert_problem(answer, 422, "request_invalid")


def test_only_a_finished_film_can_be_embedded(
    ada: Person, bob: Person, make: Make, database: Database
) -> None:
    preview = make(preview="audio")
    assert_problem(ada.post(f"/api/jobs/{preview}/embed", json={}), 409, "not_embeddable")
    job_id = make()
    assert_problem(bob.post(f"/api/jobs/{job_id}/embed", json={}), 404, "job_not_found")
    with database.transaction() as db:
        job = db.get_one(Job, UUID(job_id))
        assert job.status is JobStatus.SUCCEEDED
        db.delete(job.exports[0])
    assert_problem(ada.post(f"/api/jobs/{job_id}/embed", json={}), 409, "not_embeddable")


@pytest.mark.parametrize(
    "path",
    ["nothing", "nothing/lesson.mp4", "%00", "player/secrets.py", "player/..%2findex.html"],
)
def test_what_is_not_embedded_is_not_there(ada: Person, path: str) -> None:
    answer = ada.client.get(f"/embed/{path}")
    assert answer.status_code == 404
    assert answer.json()["code"] in ("player_not_found", "route_not_found")


def described(person: Person, address: str, **asked: Any) -> httpx.Response:
    return person.client.get("/api/oembed", params={"url": address} | asked)


def test_a_page_that_is_given_the_address_learns_how_to_show_it(ada: Person, make: Make) -> None:
    told = embedded(ada, make(title='Rain & "snow"', video={"aspect": "16:9"}))
    page = ada.client.get(player(told)).text
    found = re.search(r'<link rel="alternate" type="application/json\+oembed" href="([^"]+)"', page)
    assert found is not None
    answer = ada.client.get(unescape(found[1]))
    assert answer.status_code == 200, answer.text
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.json() == {
        "version": "1.0",
        "type": "video",
        "title": 'Rain & "snow"',
        "html": told["iframe"],
        "width": 912,
        "height": 512,
        "thumbnail_url": f"{told['address']}/poster.jpg",
        "thumbnail_width": 912,
        "thumbnail_height": 512,
        "provider_name": "Lectern",
        "provider_url": told["address"].partition("embed/")[0],
        "cache_age": 3600,
    }


def test_a_described_player_is_no_larger_than_asked_for(ada: Person, make: Make) -> None:
    address = embedded(ada, make(video={"aspect": "16:9"}))["address"]
    small = described(ada, f"{address}/", maxwidth=456, maxheight=10**400, dnt=1).json()
    assert (small["width"], small["height"]) == (456, 256)
    assert 'width="456" height="256"' in small["html"]


def test_what_is_no_player_of_ours_is_not_described(ada: Person, make: Make) -> None:
    job_id = make()
    address = embedded(ada, job_id)["address"]
    ours = address.rpartition("/")[0]
    for other in (
        f"{ours}/nothing",
        f"{address}/lesson.mp4",
        "https://example.org/embed/a",
        "?",
        "http://[",
    ):
        assert_problem(described(ada, other), 404, "player_not_found")
    assert_problem(described(ada, address, format="xml"), 501, "oembed_format_unknown")
    for wrong in ({"maxwidth": 0}, {"maxheight": "tall"}, {"url": "x" * 2001}):
        assert_problem(described(ada, address, **wrong), 422, "request_invalid")
    assert_problem(ada.client.get("/api/oembed"), 422, "request_invalid")
    assert ada.delete(f"/api/jobs/{job_id}/embed").status_code == 204
    assert_problem(described(ada, address), 404, "player_not_found")


def test_each_opening_of_the_page_is_counted_and_nothing_is_kept_of_who_it_was(
    ada: Person, make: Make, database: Database
) -> None:
    job_id = make()
    told = embedded(ada, job_id)
    assert (told["views"], told["views_by_day"]) == (0, [])
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for headers in (browser, browser, {}, browser | {"Sec-Purpose": "prefetch;prerender"}):
        page = ada.client.get(player(told), headers=headers)
        assert page.status_code == 200
        assert "set-cookie" not in page.headers
    ada.client.get(f"{player(told)}/lesson.mp4", headers=browser)
    with database.transaction() as db:
        db.add(EmbedViews(job_id=UUID(job_id), day=date(2026, 1, 2), views=5))
        assert {column.name for column in EmbedViews.__table__.columns} == {
            "job_id", "day", "views",
        }  # fmt: skip
    read = ada.get(f"/api/jobs/{job_id}/embed").json()
    assert read["views"] == 7
    first, *today = read["views_by_day"]
    assert first == {"day": "2026-01-02", "views": 5}
    assert sum(each["views"] for each in today) == 2, "of two days, at midnight"
    assert ada.delete(f"/api/jobs/{job_id}/embed").status_code == 204
    assert embedded(ada, job_id)["views"] == 7
    assert ada.delete(f"/api/jobs/{job_id}").status_code == 204


def test_a_quiz_is_asked_where_the_lesson_is_embedded(ada: Person, make: Make) -> None:
    question = {"text": "What rises?", "choices": [{"text": "Air", "right": True}, {"text": "Tea"}]}
    place = player(embedded(ada, make(quiz={"questions": [question]})))
    page = ada.client.get(place).text
    assert "What rises?" in page
    assert 'src="player/quiz.js"' in page
    assert ada.client.get("/embed/player/quiz.js").status_code == 200
