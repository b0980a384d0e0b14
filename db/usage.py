"""What was made for whom, a row a day: it stays when lessons are deleted."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session as Transaction

from db.models import UsageDay


def note(db: Transaction, user_id: UUID, *, video_seconds: float = 0.0, lessons: int = 0) -> None:
    """Adds what has just been made."""
    today = func.timezone("UTC", func.now()).cast(UsageDay.day.type)
    row = insert(UsageDay).values(
        user_id=user_id, day=today, video_seconds=video_seconds, lessons=lessons
    )
    db.execute(
        row.on_conflict_do_update(
            index_elements=[UsageDay.user_id, UsageDay.day],
            set_={
                "video_seconds": UsageDay.video_seconds + video_seconds,
                "lessons": UsageDay.lessons + lessons,
            },
        )
    )


def video_seconds(db: Transaction, user_id: UUID, since: date) -> float:
    """Seconds of video made from that day on."""
    made = select(func.coalesce(func.sum(UsageDay.video_seconds), 0.0))
    return db.scalars(made.where(UsageDay.user_id == user_id, UsageDay.day >= since)).one()


def days(db: Transaction, user_id: UUID, since: date) -> Sequence[UsageDay]:
    """The days from that one on, oldest first, on which anything was made."""
    found = select(UsageDay).where(UsageDay.user_id == user_id, UsageDay.day >= since)
    return db.scalars(found.order_by(UsageDay.day)).all()
