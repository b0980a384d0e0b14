"""Times that are sent to the studio."""

import pytest
from pydantic import TypeAdapter, ValidationError

from serve.schemas import Moment

MOMENT = TypeAdapter(Moment)


@pytest.mark.parametrize(
    "told", ["9999-12-30T23:59:59Z", "9999-12-30T12:59:59-00:30", "0001-01-02T00:00:00Z"]
)
def test_a_time_that_every_clock_can_tell_is_taken(told: str) -> None:
    assert MOMENT.validate_python(told)


@pytest.mark.parametrize(
    "told", ["9999-12-31T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T12:00:00Z"]
)
def test_a_time_that_is_beyond_the_calendar_in_some_zone_is_refused(told: str) -> None:
    """Databases tell times in their own zone: what was kept could not be read again."""
    with pytest.raises(ValidationError, match="years 1 to 9999"):
        MOMENT.validate_python(told)
