"""The platform that cmi5 is tried with is strict: it refuses by the requirement that is broken."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from tests.browser.cmi5_rules import CMI5, MASTERY, MOVE_ON, SESSION_ID, Launch, refusal

ACTOR = {"objectType": "Agent", "account": {"homePage": "https://lms.example", "name": "7"}}
REGISTRATION = "6d1b0f6e-3f5c-4a53-9d0e-0a4f8a6f2c11"


def a_launch(**given: Any) -> Launch:
    standard: dict[str, Any] = {"activity_id": "https://lms.example/a", "publisher_id": "urn:x:1"}
    made = Launch(ACTOR, REGISTRATION, session_id="s-1", **(standard | given))
    made.read |= {"LMS.LaunchData", "cmi5LearnerPreferences"}
    return made


def a_statement(launch: Launch, verb: str, second: int = 0, **result: Any) -> dict[str, Any]:
    """A flawless one; the time tells nothing but the order."""
    context = deepcopy(launch.template) | {"registration": launch.registration}
    judged = {"success", "completion"} & result.keys()
    names = [CMI5, MOVE_ON] if judged else [CMI5]
    context["contextActivities"]["category"] = [{"id": name} for name in names]
    return {
        "id": f"00000000-0000-4000-8000-{second:012}",
        "actor": launch.actor,
        "verb": {"id": f"http://adlnet.gov/expapi/verbs/{verb}"},
        "object": {"id": launch.activity_id},
        "timestamp": f"2026-01-01T00:00:{second:02}.000Z",
        "context": context,
        "result": result,
    }


def begun(**given: Any) -> Launch:
    launch = a_launch(**given)
    launch.statements.append(a_statement(launch, "initialized"))
    return launch


def completed(launch: Launch, second: int = 1) -> dict[str, Any]:
    return a_statement(launch, "completed", second, completion=True, duration="PT9.5S")


def passed(launch: Launch, scaled: float, second: int = 1) -> dict[str, Any]:
    score = {"scaled": scaled}
    made = a_statement(launch, "passed", second, success=True, score=score, duration="PT9S")
    made["context"]["extensions"][MASTERY] = launch.mastery
    return made


def test_a_whole_session_is_taken() -> None:
    launch = begun(mastery=0.8)
    terminated = a_statement(launch, "terminated", 3, duration="PT1M2S")
    for statement in (completed(launch), passed(launch, 0.9, 2), terminated):
        assert refusal(statement, launch) is None
        launch.statements.append(statement)


Change = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    ("number", "change"),
    [
        ("9.1.0.0-1", lambda each: each.pop("id")),
        ("8.1.3.0-3", lambda each: each.update(actor=ACTOR | {"name": "Another"})),
        ("9.2.0.0-3", lambda each: each.update(actor=ACTOR | {"account": {"name": "7"}})),
        ("9.7.0.0-1", lambda each: each.pop("timestamp")),
        ("9.7.0.0-2", lambda each: each.update(timestamp="2026-01-01T01:00:01+01:00")),
        ("9.6.1.0-1", lambda each: each["context"].pop("registration")),
        ("9.6.3.1-4", lambda each: each["context"]["extensions"].pop(SESSION_ID)),
        ("9.6.2.0-1", lambda each: each["context"]["contextActivities"].pop("grouping")),
        (
            "10.2.1.0-6",
            lambda each: each["context"]["extensions"].pop("https://lms.example/course"),
        ),
        ("9.6.2.1-1", lambda each: each["context"]["contextActivities"].pop("category")),
        ("9.6.2.2-1", lambda each: each["context"]["contextActivities"]["category"].pop()),
        ("8.1.5.0-6", lambda each: each["object"].update(id="urn:x:1")),
        ("9.5.1.0-2", lambda each: each["result"].update(score={"scaled": 1})),
        ("9.5.2.0-3", lambda each: each["result"].update(success=True)),
        ("9.5.3.0-1", lambda each: each["result"].update(completion=False)),
        ("9.5.4.1-2", lambda each: each["result"].update(duration="9 seconds")),
        ("9.3.0.0-5", lambda each: each.update(timestamp="2025-01-01T00:00:00.000Z")),
    ],
)
def test_a_flaw_is_found(number: str, change: Change) -> None:
    launch = begun()
    statement = completed(launch)
    change(statement)
    assert refusal(statement, launch) == number


def test_the_order_of_statements_is_kept_to() -> None:
    launch = a_launch()
    assert refusal(completed(launch), launch) == "9.3.2.0-2"
    launch = begun()
    assert refusal(a_statement(launch, "initialized", 1), launch) == "9.3.2.0-2"
    launch.statements.append(a_statement(launch, "terminated", 1, duration="PT1S"))
    assert refusal(completed(launch, 2), launch) == "9.3.8.0-2"


def test_a_verdict_is_told_once() -> None:
    launch = begun(mastery=0.8)
    assert refusal(passed(launch, 0.7), launch) == "9.3.4.0-2"
    launch.statements.append(passed(launch, 0.8))
    failed = a_statement(launch, "failed", 2, success=False, duration="PT1S")
    assert refusal(failed, launch) == "9.3.0.0-3"
    later = begun(mastery=0.8, earlier=(launch,))
    assert refusal(passed(later, 0.9), later) == "9.3.0.0-7"
    assert refusal(failed, later) == "9.3.0.0-8"
    launch.statements.append(completed(launch, 3))
    assert refusal(completed(later), later) == "9.3.0.0-6"


def test_who_only_looks_is_not_judged() -> None:
    launch = begun(mode="Review")
    assert refusal(completed(launch), launch) == "10.2.2.0-5"


def test_what_must_be_read_first_is_read_first() -> None:
    launch = a_launch()
    launch.read.remove("cmi5LearnerPreferences")
    assert refusal(a_statement(launch, "initialized"), launch) == "11.0.0.0-3"
