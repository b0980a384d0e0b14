"""Eight tries within a day, and none sooner than the receiver wants."""

from datetime import timedelta

import pytest

from pipeline.delivery_schedule import Schedule

DAY = timedelta(days=1)


def pauses(chance: float) -> list[timedelta]:
    schedule = Schedule(chance=lambda: chance)
    found = [schedule.pause(attempt, None) for attempt in range(1, 9)]
    assert found[7] is None
    return [each for each in found if each is not None]


def test_there_are_eight_tries_and_the_last_is_a_day_after_the_first() -> None:
    assert len(pauses(0)) == 7
    assert sum(pauses(0), timedelta()) == DAY


def test_chance_makes_a_pause_up_to_a_fifth_shorter() -> None:
    shortest = [each * 0.8 for each in pauses(0)]
    for found, least in zip(pauses(1), shortest, strict=True):
        assert found == pytest.approx(least, abs=timedelta(milliseconds=1))
    usual = Schedule()
    drawn = {usual.pause(7, None) for _ in range(20)}
    assert len(drawn) > 1
    assert all(shortest[6] <= each <= pauses(0)[6] for each in drawn if each is not None)


def test_each_pause_is_longer_than_the_one_before() -> None:
    assert pauses(0) == sorted(pauses(0))


def test_the_receiver_may_ask_for_a_longer_pause_but_not_for_a_shorter_one() -> None:
    schedule = Schedule(chance=lambda: 0)
    assert schedule.pause(1, 3600) == timedelta(hours=1)
    assert schedule.pause(1, 1) == timedelta(seconds=30)
    assert schedule.pause(1, float("inf")) == DAY
    assert schedule.pause(8, 3600) is None
