"""Drafts over HTTP: kept, replaced only as they were read, and bounded."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from db.models import Asset
from db.session import Database
from serve.routes import drafts
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields

CONTENT = {"step": "script", "notes": "Warm air rises. 🌧️", "scenes": [{"narration": None}]}


def kept(person: Person, title: str = "Rain", content: Any = CONTENT) -> dict[str, Any]:
    answer = person.post("/api/drafts", json={"title": title, "content": content})
    assert answer.status_code == 201, answer.text
    draft: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/api/drafts/{draft['id']}"
    assert answer.headers["etag"] == '"1"'
    return draft


def test_a_draft_is_kept_as_it_is(ada: Person) -> None:
    draft = kept(ada)
    assert (draft["title"], draft["content"], draft["version"]) == ("Rain", CONTENT, 1)
    read = ada.get(f"/api/drafts/{draft['id']}")
    assert read.json() == draft
    assert read.headers["etag"] == '"1"'


def test_a_draft_forgets_an_asset_also_by_which_it_names_something(
    ada: Person, portrait: Asset
) -> None:
    named = {str(portrait.id): {"crop": 1}, "all": [str(portrait.id), "Rain"]}
    draft = kept(ada, content=named)
    assert ada.delete(f"/api/assets/{portrait.id}").status_code == 200
    read = ada.get(f"/api/drafts/{draft['id']}").json()
    assert read["content"] == {"": {"crop": 1}, "all": [None, "Rain"]}


def test_a_draft_is_replaced_only_as_it_was_read(ada: Person) -> None:
    place = f"/api/drafts/{kept(ada)['id']}"
    change = {"title": "Snow", "content": {"step": "voice"}}
    assert_problem(ada.send("PUT", place, json=change), 428, "version_needed")
    first = ada.send("PUT", place, json=change, headers={"If-Match": '"1"'})
    assert first.status_code == 200, first.text
    assert (first.json()["version"], first.headers["etag"]) == (2, '"2"')
    late = ada.send("PUT", place, json=change | {"title": "Hail"}, headers={"If-Match": '"1"'})
    told = "The draft has been changed since; it is at version 2 now."
    assert_problem(late, 412, "draft_changed", told)
    assert ada.get(place).json()["title"] == "Snow"
    anyway = ada.send("PUT", place, json=change, headers={"If-Match": "*"})
    assert anyway.json()["version"] == 3
    odd = ada.send("PUT", place, json=change, headers={"If-Match": "3"})
    assert fields(assert_problem(odd, 422, "request_invalid")) == {("if-match", "tag_invalid")}


def test_of_two_that_change_a_draft_at_once_one_wins(ada: Person) -> None:
    place = f"/api/drafts/{kept(ada)['id']}"

    def change(title: str) -> int:
        body = {"title": title, "content": {}}
        return ada.send("PUT", place, json=body, headers={"If-Match": '"1"'}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(change, "abcd")) == [200, 412, 412, 412]


def test_a_draft_is_deleted_at_the_version_that_is_meant(ada: Person) -> None:
    place = f"/api/drafts/{kept(ada)['id']}"
    assert_problem(ada.delete(place, headers={"If-Match": '"2"'}), 412, "draft_changed")
    assert ada.delete(place, headers={"If-Match": '"1"'}).status_code == 204
    assert_problem(ada.get(place), 404, "draft_not_found", "You have no draft with this id.")
    assert ada.delete(f"/api/drafts/{kept(ada)['id']}").status_code == 204


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"title": " ", "content": {}}, ("title", "string_too_short")),
        ({"title": "Rain"}, ("content", "missing")),
        ({"title": "Rain", "content": [1]}, ("content", "dict_type")),
        ({"title": "Rain", "content": {"a": "x" * 262_144}}, ("content", "value_error")),
        ({"title": "Rain", "content": {"a": "\0"}}, ("content", "value_error")),
        ({"title": "Rain", "content": {"a\0": 1}}, ("content", "value_error")),
        ({"title": "Rain", "content": {}, "colour": "red"}, ("colour", "extra_forbidden")),
    ],
)
def test_a_draft_is_checked(ada: Person, body: dict[str, Any], wrong: tuple[str, str]) -> None:
    answer = ada.post("/api/drafts", json=body)
    assert fields(assert_problem(answer, 422, "request_invalid")) == {wrong}


def test_half_a_character_is_refused(ada: Person) -> None:
    answer = ada.post(
        "/api/drafts",
        content=b'{"title": "Rain", "content": {"a": "\\ud800"}}',
        headers={"Content-Type": "application/json"},
    )
    assert_problem(answer, 422, "request_invalid")


def test_there_is_a_most_of_drafts(
    ada: Person, bob: Person, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafts, "MOST_DRAFTS", 3)

    def keep(title: str) -> int:
        return ada.post("/api/drafts", json={"title": title, "content": {}}).status_code

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(keep, "abcdef")) == [201, 201, 201, 409, 409, 409]
    refused = ada.post("/api/drafts", json={"title": "one more", "content": {}})
    told = "You have 3 drafts, and can have no more."
    assert_problem(refused, 409, "too_many_drafts", told)
    assert kept(bob)["title"] == "Rain"


def test_drafts_are_listed_newest_first_without_what_they_hold(ada: Person, bob: Person) -> None:
    for title in ("a", "b", "c"):
        kept(ada, title)
    page = ada.get("/api/drafts", params={"limit": 2}).json()
    assert [draft["title"] for draft in page["items"]] == ["c", "b"]
    assert (page["total"], "content" in page["items"][0]) == (3, False)
    rest = ada.get("/api/drafts", params={"cursor": page["next_cursor"]}).json()
    assert [draft["title"] for draft in rest["items"]] == ["a"]
    assert bob.get("/api/drafts").json()["items"] == []
    place = f"/api/drafts/{page['items'][0]['id']}"
    assert_problem(bob.get(place), 404, "draft_not_found")
    assert_problem(bob.delete(place), 404, "draft_not_found")
