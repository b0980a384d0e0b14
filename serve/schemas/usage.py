"""Usage, quotas and capacity on the wire."""

from datetime import date
from typing import Annotated

from pydantic import ConfigDict, Field

from db.models import Lane
from serve.schemas.base import Answer, Body, Time

MOST_BYTES = 2**53 - 1
"""Larger numbers are not the same in every JSON reader."""


class OwnQuotas(Body):
    """What a user may have in place of the studio's usual quotas; null is no limit, and what is
    left out is as usual."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"video_minutes": 1200, "storage_bytes": None}, {}]}
    )

    video_minutes: Annotated[float, Field(strict=True, ge=0, le=1e9)] | None = None
    storage_bytes: Annotated[int, Field(strict=True, ge=0, le=MOST_BYTES)] | None = None
    jobs: Annotated[int, Field(strict=True, ge=0, le=1_000_000)] | None = None


class VideoUse(Answer):
    """Minutes of video. ``limit`` and ``left`` are null where there is no limit."""

    made: float = Field(description="Drawn this month; a scene found done costs nothing.")
    promised: float = Field(description="Yet to be drawn for jobs that run or wait: estimated.")
    limit: float | None
    left: float | None


class AmountUse(Answer):
    """``limit`` and ``left`` are null where there is no limit."""

    used: int
    limit: int | None
    left: int | None


class UsageDayRead(Answer):
    day: date
    video_minutes: float
    lessons: int


class UsageRead(Answer):
    """What was made this month, what is there now, and what is left of each quota."""

    since: Time
    resets_at: Time
    video_minutes: VideoUse
    storage_bytes: AmountUse
    jobs: AmountUse
    days: list[UsageDayRead] = Field(description="The last 30 days in UTC, oldest first.")


class LaneRead(Answer):
    """The jobs of one lane. ``oldest_seconds``: how long the first of those that wait has."""

    lane: Lane
    waiting: int
    running: int
    oldest_seconds: float


class ProducerRead(Answer):
    """A producer that holds jobs, and until when its first lease lasts unless it is renewed."""

    name: str
    jobs: int
    leased_until: Time


class ReplicasRead(Answer):
    deployment: str
    running: int
    changing: int = Field(description="Starting, updating or stopping.")


class SpeedRead(Answer):
    """Measured in recent jobs."""

    step: str
    engine: str
    jobs: int
    work_seconds: float = Field(description="For a second of video; the median.")


class CapacityRead(Answer):
    lanes: list[LaneRead]
    producers: list[ProducerRead]
    deployments: list[ReplicasRead] = Field(description="Empty where Serve cannot be asked.")
    speeds: list[SpeedRead]
    work_seconds: float = Field(description="Of work in all jobs that run or wait: estimated.")
    empty_in_seconds: float = Field(description="That, shared among as many jobs as run now.")
    dashboard: str | None = Field(description="Address of Ray's dashboard, where it is known.")
