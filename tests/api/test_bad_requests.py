"""Scripts and batches that cannot be used: each is refused with its code, and leaves nothing."""

import json
from typing import Any

import pytest

from db.models import Asset
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_spec

SPOKEN = {"narration": "It rains."}
DEEP: dict[str, Any] = {}
for _ in range(40):
    DEEP = {"a": DEEP}

BAD_TEXTS: dict[str, tuple[Any, str]] = {
    "nothing": ("", "string_too_short"),
    "blanks": (" \n\t ", "string_too_short"),
    "NUL": ("It\0rains.", "value_error"),
    "half a letter": ("\ud83d", "string_unicode"),
    "no text": (7, "string_type"),
    "a list": (["It rains."], "string_type"),
    "too long": ("word " * 20_001, "string_too_long"),
    "only a pause": ("[pause 1s]", "nothing_to_say"),
    "only emoji": ("😀 🎉", "nothing_to_say"),
    "only dots": ("… — !", "nothing_to_say"),
    "a pause of hours": ("Wait. [pause 9999s] Go on.", "pause_too_long"),
}
"""Narrations, and the code at ``scenes.0.narration``."""
BAD_SCENES: dict[str, tuple[Any, str, str]] = {
    "no scenes": ([], "body", "value_error"),
    "a scene that is text": (["It rains."], "scenes.0", "model_attributes_type"),
    "scenes that are an object": ({"0": SPOKEN}, "scenes", "tuple_type"),
    "no narration": ([{"title": "Rain"}], "scenes.0.narration", "missing"),
    "an unknown field": ([SPOKEN | {"voice": "x"}], "scenes.0.voice", "extra_forbidden"),
    "an empty title": ([SPOKEN | {"title": ""}], "scenes.0.title", "string_too_short"),
    "a long title": ([SPOKEN | {"title": "a" * 201}], "scenes.0.title", "string_too_long"),
    "a slide that is no id": ([SPOKEN | {"slide_id": "1"}], "scenes.0.slide_id", "uuid_parsing"),
    "501 scenes": ([SPOKEN] * 501, "scenes", "too_long"),
    "the second scene": ([SPOKEN, {"narration": " "}], "scenes.1.narration", "string_too_short"),
}
BAD_PROMPTS: dict[str, tuple[dict[str, Any], str, str]] = {
    "neither prompt nor notes": ({}, "body", "value_error"),
    "an empty prompt": ({"prompt": " "}, "prompt", "string_too_short"),
    "a prompt too long": ({"prompt": "a" * 100_001}, "prompt", "string_too_long"),
    "no minutes": ({"prompt": "Rain", "minutes": 0}, "minutes", "greater_than"),
    "a language that is none": ({"prompt": "Rain", "language": "English"}, "language",
                                "string_pattern_mismatch"),
    "an engine of no name": ({"prompt": "Rain", "engine": ""}, "engine", "string_too_short"),
}  # fmt: skip


def refused(
    person: Person, path: str, body: Any, status: int = 422, code: str = "request_invalid"
) -> dict[str, Any]:
    content = json.dumps(body).encode()
    answer = person.post(path, content=content, headers={"Content-Type": "application/json"})
    return assert_problem(answer, status, code)


@pytest.mark.parametrize("case", BAD_TEXTS)
def test_a_bad_narration_is_refused(ada: Person, portrait: Asset, case: str) -> None:
    text, code = BAD_TEXTS[case]
    body = refused(ada, "/api/jobs", a_spec(portrait.id, scenes=[{"narration": text}]))
    assert fields(body) == {("scenes.0.narration", code)}
    assert ada.get("/api/jobs").json()["total"] == 0


@pytest.mark.parametrize("case", BAD_SCENES)
def test_bad_scenes_are_refused(ada: Person, portrait: Asset, case: str) -> None:
    scenes, field, code = BAD_SCENES[case]
    body = refused(ada, "/api/jobs", a_spec(portrait.id, scenes=scenes))
    assert (field, code) in fields(body)
    assert ada.get("/api/jobs").json()["total"] == 0


@pytest.mark.parametrize("case", BAD_PROMPTS)
def test_a_script_that_cannot_be_written_is_refused(ada: Person, case: str) -> None:
    ask, field, code = BAD_PROMPTS[case]
    assert fields(refused(ada, "/api/scripts", ask)) == {(field, code)}


@pytest.mark.parametrize(
    ("text", "code"),
    [("[pause 1s]", "nothing_to_say"), ("Wait. [pause 9999s] Go.", "pause_too_long")],
)
def test_a_text_that_cannot_be_spoken_is_not_measured(ada: Person, text: str, code: str) -> None:
    refused(ada, "/api/scripts/estimate", {"text": text}, code=code)


def test_a_script_nested_too_deep_is_refused(ada: Person, portrait: Asset) -> None:
    refused(ada, "/api/jobs", a_spec(portrait.id, scenes=[DEEP]), code="body_too_nested")


GOOD = {"title": "Rain", "scenes": [SPOKEN]}
BAD_BATCHES: dict[str, tuple[dict[str, Any], str, str]] = {
    "nothing": ({}, "body", "value_error"),
    "no items": ({"items": []}, "body", "value_error"),
    "501 items": ({"items": [GOOD] * 501}, "items", "too_long"),
    "an item that is text": ({"items": ["Rain"]}, "items.0", "dict_type"),
    "items and a template": ({"items": [GOOD], "template": GOOD, "csv": "a\n1"}, "body",
                             "value_error"),
    "a template without a csv": ({"template": GOOD}, "body", "value_error"),
    "defaults that are a list": ({"items": [GOOD], "defaults": [1]}, "defaults", "dict_type"),
    "an unknown field": ({"items": [GOOD], "prority": "batch"}, "prority", "extra_forbidden"),
    "a column twice": ({"template": GOOD | {"title": "{{a}}"}, "csv": "a,a\n1,2"}, "csv",
                       "csv_columns"),
    "a variable of no column": ({"template": GOOD | {"title": "{{b}}"}, "csv": "a\n1"},
                                "template", "variable_unknown"),
    "a csv without rows": ({"template": GOOD | {"title": "{{a}}"}, "csv": "a\n"}, "csv",
                           "csv_rows"),
    "a quote that is left open": ({"template": GOOD | {"title": "{{a}}"}, "csv": 'a\n"1'}, "csv",
                                  "csv_unreadable"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_BATCHES)
def test_a_bad_batch_is_refused(ada: Person, case: str) -> None:
    ask, field, code = BAD_BATCHES[case]
    assert (field, code) in fields(refused(ada, "/api/batches", ask))
    assert ada.get("/api/batches").json()["total"] == 0


def test_a_batch_of_bad_items_tells_what_is_wrong_with_each(ada: Person, portrait: Asset) -> None:
    items = [a_spec(portrait.id, scenes=[]), a_spec(portrait.id, minutes=-1), {"title": 3}]
    body = refused(ada, "/api/batches", {"items": items}, code="batch_refused")
    assert {field.split(".")[1] for field, _ in fields(body)} == {"0", "1", "2"}
    assert ada.get("/api/jobs").json()["total"] == 0


def test_what_no_database_can_hold_of_a_bad_item_is_told_without_it(
    ada: Person, portrait: Asset
) -> None:
    bad: list[dict[str, Any]] = [
        {"external_id": "half a \ud800", "title": 3},
        {"external_id": "no\0thing", "no\0field": 1},
        {"external_id": "x" * 100_000, "title": 3},
    ]
    content = json.dumps({"items": [a_spec(portrait.id), *bad]}).encode()
    answer = ada.post("/api/batches", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 202, answer.text
    told = [item["external_id"] for item in answer.json()["refused"]]
    assert told == ["half a ?", "no\ufffdthing", "x" * 200]
    fields_told = {error["field"] for item in answer.json()["refused"] for error in item["errors"]}
    assert "no\ufffdfield" in fields_told
    assert ada.get(answer.headers["Location"]).json()["refused"] == answer.json()["refused"]


@pytest.mark.parametrize("number", ["1e999", "-1e999", "NaN", "Infinity"])
def test_a_number_that_is_none_is_refused_wherever_it_stands(ada: Person, number: str) -> None:
    content = f'{{"title": "Rain", "content": {{"a": [{number}]}}}}'
    answer = ada.post("/api/drafts", content=content, headers={"Content-Type": "application/json"})
    assert_problem(answer, 400, "body_malformed")


@pytest.mark.parametrize("levels", [40, 600, 20_000])
def test_json_in_a_form_is_no_deeper_than_in_a_body(ada: Person, levels: int) -> None:
    deep = ('{"a":' * levels + "1" + "}" * levels)[:60_000]
    csv = {"csv": ("rows.csv", b"a\n1\n")}
    answer = ada.post("/api/batches", data={"template": deep}, files=csv)
    assert answer.json()["code"] in ("body_too_nested", "body_malformed")
    text = {"file": ("a.txt", b"It rains.")}
    answer = ada.post("/api/assets", data={"kind": "script", "metadata": deep}, files=text)
    assert fields(assert_problem(answer, 422, "request_invalid")) == {("metadata", "value_error")}


def test_blanks_in_a_template_cost_no_more_than_letters(ada: Person, portrait: Asset) -> None:
    spec = a_spec(portrait.id, title="{{   title  }}")
    made = ada.post("/api/batches", json={"template": spec, "csv": "title\nRain\n"})
    assert [job["title"] for job in ada.get("/api/jobs").json()["items"]] == ["Rain"], made.text
    # minutes, where a pattern tries each blank as the end of the name
    blanks = {"template": {"title": "{{" + " " * 50_000}, "csv": "a\n1\n"}
    refused(ada, "/api/batches", blanks)
