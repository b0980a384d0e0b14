from pipeline.errors import EngineFailed, InfrastructureLost, NoFaceFound, StorageUnavailable
from pipeline.retries import Retries


def test_a_failure_that_may_pass_is_tried_three_times_with_growing_pauses() -> None:
    error = EngineFailed("puppet", "it coughed")
    assert [Retries().pause(error, attempt, 0) for attempt in (1, 2, 3)] == [2, 8, None]


def test_a_failure_that_will_not_pass_is_not_tried_again() -> None:
    assert Retries().pause(NoFaceFound(), 1, 0) is None


def test_losses_of_infrastructure_have_a_larger_budget_and_longer_pauses() -> None:
    for error in (InfrastructureLost("a replica"), StorageUnavailable("connection refused")):
        pauses = [Retries().pause(error, 3, losses) for losses in range(11)]
        assert pauses == [5, 10, 20, 40, 80, 160, 300, 300, 300, 300, None]
