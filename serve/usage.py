"""What a user has made and has, beside what they may have."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session

from db import quotas, usage
from db.models import User
from db.quotas import Quotas
from serve.quotas import MINUTE_SECONDS, this_month
from serve.schemas import AmountUse, UsageDayRead, UsageRead, VideoUse

DAYS = 30


def usage_read(db: Session, user: User, usual: Quotas) -> UsageRead:
    may, month = quotas.of_user(user, usual), this_month()
    used = quotas.used(db, user.id, month.first)
    return UsageRead(
        since=datetime.combine(month.first, time(), UTC),
        resets_at=month.resets_at,
        video_minutes=_video(used, may.video_minutes),
        storage_bytes=_amount(used.storage_bytes, may.storage_bytes),
        jobs=_amount(used.jobs, may.jobs),
        days=list(_days(db, user, datetime.now(UTC).date())),
    )


def _video(used: quotas.Used, limit: float | None) -> VideoUse:
    made, promised = used.video_seconds / MINUTE_SECONDS, used.promised_seconds / MINUTE_SECONDS
    left = None if limit is None else max(0.0, limit - made - promised)
    return VideoUse(
        made=round(made, 2),
        promised=round(promised, 2),
        limit=limit,
        left=None if left is None else round(left, 2),
    )


def _amount(used: int, limit: int | None) -> AmountUse:
    left = None if limit is None else max(0, limit - used)
    return AmountUse(used=used, limit=limit, left=left)


def _days(db: Session, user: User, today: date) -> Iterator[UsageDayRead]:
    """Days on which nothing was made too."""
    first = today - timedelta(days=DAYS - 1)
    made = {each.day: each for each in usage.days(db, user.id, first)}
    for day in (first + timedelta(days=number) for number in range(DAYS)):
        found = made.get(day)
        yield UsageDayRead(
            day=day,
            video_minutes=round(found.video_seconds / MINUTE_SECONDS, 2) if found else 0.0,
            lessons=found.lessons if found else 0,
        )
