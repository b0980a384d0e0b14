"""What a cmi5 platform must refuse: each check bears the number of its requirement.

The numbers are those of ADL's list of requirements (npm ``@cmi5/requirements``), which follow the
sections of the cmi5 specification, "Quartz" 1st edition.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

CMI5 = "https://w3id.org/xapi/cmi5/context/categories/cmi5"
MOVE_ON = "https://w3id.org/xapi/cmi5/context/categories/moveon"
SESSION_ID = "https://w3id.org/xapi/cmi5/context/extensions/sessionid"
MASTERY = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore"
VERBS = {
    "http://adlnet.gov/expapi/verbs/initialized": "initialized",
    "http://adlnet.gov/expapi/verbs/completed": "completed",
    "http://adlnet.gov/expapi/verbs/passed": "passed",
    "http://adlnet.gov/expapi/verbs/failed": "failed",
    "http://adlnet.gov/expapi/verbs/terminated": "terminated",
}
JUDGED = {"passed", "failed"}
DURATION = re.compile(r"P(?!$)(\d+D)?(T(?!$)(\d+H)?(\d+M)?(\d+(\.\d{1,4})?S)?)?")

Statement = Mapping[str, Any]


@dataclass
class Launch:
    """One launch of the lesson by the platform, and all that came of it.

    ``earlier`` are the launches of the same registration before it.
    """

    actor: dict[str, Any]
    registration: str
    activity_id: str
    publisher_id: str
    session_id: str
    mode: str = "Normal"
    mastery: float | None = None
    return_url: str | None = None
    preferences: dict[str, str] | None = None
    earlier: Sequence["Launch"] = ()
    token: str | None = None
    read: set[str] = field(default_factory=set)
    statements: list[Statement] = field(default_factory=list)

    @property
    def template(self) -> dict[str, Any]:
        """contextTemplate, as section 10 asks for it."""
        return {
            "contextActivities": {"grouping": [{"id": self.publisher_id}]},
            "extensions": {SESSION_ID: self.session_id, "https://lms.example/course": "plants"},
        }

    @property
    def data(self) -> dict[str, Any]:
        """The document LMS.LaunchData."""
        data: dict[str, Any] = {
            "contextTemplate": self.template,
            "launchMode": self.mode,
            "moveOn": "Completed",
        }
        if self.mastery is not None:
            data["masteryScore"] = self.mastery
        if self.return_url is not None:
            data["returnURL"] = self.return_url
        return data

    @property
    def verbs(self) -> list[str]:
        """Of its statements, in the order in which they came."""
        return [verb_of(statement) for statement in self.statements]

    @property
    def is_over(self) -> bool:
        return "terminated" in self.verbs

    def said(self, verb: str) -> Statement:
        """The one statement of that verb."""
        (found,) = (each for each in self.statements if verb_of(each) == verb)
        return found


def verb_of(statement: Statement) -> str:
    """The short name of a verb."""
    return str(statement["verb"]["id"]).rsplit("/", 1)[-1]


def is_defined(statement: Statement) -> bool:
    """Whether it is "cmi5 defined": 7.1.3."""
    return CMI5 in ids(statement, "category")


def ids(statement: Statement, kind: str) -> list[str]:
    """Of the context activities of one kind."""
    activities = statement.get("context", {}).get("contextActivities", {}).get(kind, [])
    return [activity["id"] for activity in activities]


def refusal(statement: Statement, launch: Launch) -> str | None:
    """The first requirement that the statement breaks, or None."""
    for number, is_kept in RULES.items():
        if not is_kept(statement, launch):
            return number
    return None


def _result(statement: Statement) -> Mapping[str, Any]:
    found: Mapping[str, Any] = statement.get("result", {})
    return found


def _score(statement: Statement) -> Mapping[str, Any]:
    found: Mapping[str, Any] = _result(statement).get("score", {})
    return found


def _context(statement: Statement) -> Mapping[str, Any]:
    found: Mapping[str, Any] = statement.get("context", {})
    return found


def _is_uuid(text: object) -> bool:
    try:
        return str(UUID(str(text))) == str(text).lower()
    except ValueError:
        return False


def _is_utc(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).utcoffset() == timedelta(0)
    except ValueError:
        return False


def _holds(given: object, template: object) -> bool:
    """Whether all of the template is there, unchanged; there may be more."""
    if isinstance(template, dict):
        return isinstance(given, dict) and all(
            key in given and _holds(given[key], value) for key, value in template.items()
        )
    if isinstance(template, list):
        return isinstance(given, list) and all(item in given for item in template)
    return given == template


def _in_order(statement: Statement, launch: Launch) -> bool:
    return all(each["timestamp"] <= statement["timestamp"] for each in launch.statements)


def _defined(launch: Launch) -> Iterator[str]:
    return (verb_of(each) for each in launch.statements if is_defined(each))


def _registered(launch: Launch) -> list[str]:
    """cmi5 defined verbs of the whole registration."""
    return [verb for each in (*launch.earlier, launch) for verb in _defined(each)]


def _is_first(statement: Statement, launch: Launch) -> bool:
    return bool(launch.statements) != (verb_of(statement) == "initialized")


def _once_a_session(statement: Statement, launch: Launch) -> bool:
    return not is_defined(statement) or verb_of(statement) not in _defined(launch)


def _judged_once(statement: Statement, launch: Launch) -> bool:
    return not _is(statement, *JUDGED) or JUDGED.isdisjoint(_defined(launch))


def _is(statement: Statement, *verbs: str) -> bool:
    return is_defined(statement) and verb_of(statement) in verbs


def _masters(statement: Statement, launch: Launch) -> bool:
    if launch.mastery is None or "scaled" not in _score(statement):
        return True
    passed = _score(statement)["scaled"] >= launch.mastery
    return not _is(statement, *JUDGED) or _is(statement, "passed") == passed


def _only(verbs: Sequence[str], key: str) -> Callable[[Statement, Launch], bool]:
    """The property stands in results of these verbs only."""
    return lambda statement, _: (
        not is_defined(statement) or key not in _result(statement) or _is(statement, *verbs)
    )


def _result_is(verb: str, key: str, value: object) -> Callable[[Statement, Launch], bool]:
    return lambda statement, _: not _is(statement, verb) or _result(statement).get(key) is value


def _has_duration(verb: str) -> Callable[[Statement, Launch], bool]:
    return lambda statement, _: (
        not _is(statement, verb)
        or DURATION.fullmatch(str(_result(statement).get("duration"))) is not None
    )


def _raw_has_bounds(statement: Statement, _: Launch) -> bool:
    score = _score(statement)
    return "raw" not in score or score.get("min", 1) <= score["raw"] <= score.get("max", 0)


def _tells_mastery(statement: Statement, launch: Launch) -> bool:
    if launch.mastery is None or not _is(statement, *JUDGED) or not _score(statement):
        return True
    return bool(_context(statement).get("extensions", {}).get(MASTERY) == launch.mastery)


def _tells_move_on(statement: Statement, _: Launch) -> bool:
    counts = is_defined(statement) and bool({"success", "completion"} & set(_result(statement)))
    return counts == (MOVE_ON in ids(statement, "category"))


RULES: Mapping[str, Callable[[Statement, Launch], bool]] = {
    "9.1.0.0-1": lambda statement, _: _is_uuid(statement.get("id")),
    "9.2.0.0-2": lambda statement, _: statement["actor"].get("objectType") == "Agent",
    "9.2.0.0-3": lambda statement, _: set(statement["actor"]["account"]) == {"homePage", "name"},
    "8.1.3.0-3": lambda statement, launch: statement["actor"] == launch.actor,
    "9.7.0.0-1": lambda statement, _: "timestamp" in statement,
    "9.7.0.0-2": lambda statement, _: _is_utc(statement["timestamp"]),
    "9.6.0.0-1": lambda statement, _: "context" in statement,
    "9.6.1.0-1": lambda statement, launch: (
        _context(statement).get("registration") == launch.registration
    ),
    "9.6.3.1-4": lambda statement, launch: (
        _context(statement).get("extensions", {}).get(SESSION_ID) == launch.session_id
    ),
    "9.6.2.0-1": lambda statement, launch: launch.publisher_id in ids(statement, "grouping"),
    "10.2.1.0-6": lambda statement, launch: _holds(_context(statement), launch.template),
    "10.2.1.0-4": lambda _, launch: "LMS.LaunchData" in launch.read,
    "11.0.0.0-3": lambda _, launch: "cmi5LearnerPreferences" in launch.read,
    "9.3.2.0-2": _is_first,
    "9.3.2.0-3": _once_a_session,
    "9.3.8.0-2": lambda _, launch: not launch.is_over,
    "9.3.0.0-5": _in_order,
    "9.6.2.1-1": lambda statement, _: is_defined(statement) == (statement["verb"]["id"] in VERBS),
    "9.3.0.0-3": _judged_once,
    "9.3.0.0-6": lambda statement, launch: (
        not _is(statement, "completed") or "completed" not in _registered(launch)
    ),
    "9.3.0.0-7": lambda statement, launch: (
        not _is(statement, "passed") or "passed" not in _registered(launch)
    ),
    "9.3.0.0-8": lambda statement, launch: (
        not _is(statement, "failed") or "passed" not in _registered(launch)
    ),
    "10.2.2.0-5": lambda statement, launch: (
        launch.mode == "Normal" or verb_of(statement) in ("initialized", "terminated")
    ),
    "8.1.5.0-6": lambda statement, launch: (
        not is_defined(statement) or statement["object"]["id"] == launch.activity_id
    ),
    "9.3.4.0-2": _masters,
    "9.5.1.0-2": _only(("passed", "failed"), "score"),
    "9.5.1.0-3": _raw_has_bounds,
    "9.5.2.0-1": _result_is("passed", "success", True),
    "9.5.2.0-2": _result_is("failed", "success", False),
    "9.5.2.0-3": _only(("passed", "failed"), "success"),
    "9.5.3.0-1": _result_is("completed", "completion", True),
    "9.5.3.0-2": _only(("completed",), "completion"),
    "9.5.4.1-1": _has_duration("terminated"),
    "9.5.4.1-2": _has_duration("completed"),
    "9.5.4.1-3": _has_duration("passed"),
    "9.5.4.1-4": _has_duration("failed"),
    "9.6.2.2-1": _tells_move_on,
    "9.6.3.2-2": _tells_mastery,
}
