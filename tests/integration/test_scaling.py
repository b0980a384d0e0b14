"""The number of producers follows the queue, and stays when nobody can read it."""

import threading
import time
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from db import jobs
from db.session import Database
from serve.scaling import QueueDepthPolicy
from tests.factories import a_spec, a_user


def context(target: int = 1, least: int = 1, most: int = 8) -> Any:
    return SimpleNamespace(
        target_num_replicas=target,
        capacity_adjusted_min_replicas=least,
        capacity_adjusted_max_replicas=most,
    )


def settled(policy: QueueDepthPolicy, ctx: Any, wanted: int) -> int:
    """What the policy says once its reader has looked, or after 20 s."""
    deadline = time.monotonic() + 60
    while (said := policy(ctx)[0]) != wanted and time.monotonic() < deadline:
        threading.Event().wait(0.05)
    return said


def test_more_jobs_call_for_more_producers_up_to_the_most(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    policy = QueueDepthPolicy(jobs_per_replica=4)
    assert settled(policy, context(target=3), 1) == 1
    with database.transaction() as rows:
        owner = a_user(rows)
        for _ in range(9):
            jobs.create(rows, owner.id, a_spec(uuid4()))
    assert settled(policy, context(), 3) == 3
    assert policy(context(most=2))[0] == 2


def test_without_a_reading_the_number_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")
    policy = QueueDepthPolicy(jobs_per_replica=4)
    assert [policy(context(target=5))[0] for _ in range(3)] == [5, 5, 5]
