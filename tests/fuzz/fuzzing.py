"""Sends requests to the interface and holds each answer against the description."""

import re
from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from requests.exceptions import ReadTimeout
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.transport import Response
from schemathesis.generation.hypothesis.builder import (
    HypothesisTestConfig,
    HypothesisTestMode,
    create_test,
)
from schemathesis.python.asgi import ASGIClient
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    AcceptedNegativeData,
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.described import EVENTS
from tests.fuzz.plan import Plan
from tests.fuzz.world import World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]
LENIENT = re.compile(r"in body - .*: Incorrect type")
PATIENCE_SECONDS = 240.0
STREAM_SECONDS = (0.3, 2.0)
"""How long the beginning of a stream that never ends is read."""


class Fuzzing:
    """All requests go through one client, in this process."""

    def __init__(self, client: ASGIClient, world: World, plan: Plan) -> None:
        self._client, self._world, self._plan = client, world, plan

    def run(self, operation: APIOperation) -> None:
        """Many requests for one operation, by accounts made for it."""
        self._world.renew()
        name = name_of(operation)
        modes = [HypothesisTestMode.EXAMPLES, HypothesisTestMode.FUZZING]
        if self._plan.thorough:
            modes.append(HypothesisTestMode.COVERAGE)

        def attempt(case: Case) -> None:
            self._attempt(case)

        test = create_test(
            operation=operation,
            test_func=_settings(self._plan.examples_of(name))(attempt),
            config=HypothesisTestConfig(
                project=operation.schema.config, modes=modes, seed=self._plan.seed
            ),
        )
        test()

    def _attempt(self, case: Case) -> None:
        self._world.settle(case)
        self._client.cookies.clear()
        answer = self._answer(case)
        name = name_of(case.operation)
        self._plan.answers[name][answer.status_code] += 1
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            if not all(_is_read_leniently(failure) for failure in group.exceptions):
                self._found(name, group)

    def _answer(self, case: Case) -> Response:
        """The beginning of a stream; the whole of everything else."""
        for seconds in STREAM_SECONDS if _streams(case) else ():
            with suppress(ReadTimeout):  # a busy machine has not even begun by then
                return case.call(self._client.base_url, self._client, timeout=seconds)
        return case.call(self._client.base_url, self._client, timeout=PATIENCE_SECONDS)

    def _found(self, name: str, group: FailureGroup) -> None:
        if self._plan.raising:
            raise group
        self._plan.findings[name].append(str(group))


def _is_read_leniently(failure: BaseException) -> bool:
    """In a body, “1” is taken for 1 and “true” for true: that much is granted to senders."""
    return isinstance(failure, AcceptedNegativeData) and bool(LENIENT.search(str(failure)))


def _settings(examples: int) -> settings:
    return settings(
        max_examples=examples,
        phases=[Phase.explicit, Phase.generate],
        database=None,
        derandomize=False,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def name_of(operation: APIOperation) -> str:
    return str(operation.definition.raw["operationId"])


def _streams(case: Case) -> bool:
    answer: dict[str, Any] = case.operation.definition.raw["responses"].get("200", {})
    return EVENTS in answer.get("content", {})
