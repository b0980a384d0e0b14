"""Lessons shown on other people's pages: to whoever knows the token."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from db.jobs import PARTS, hold
from db.models import Embed, EmbedViews, Job

DAYS_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Views:
    """How often a lesson was opened: in all, and on its last days with any (at most 30, UTC)."""

    total: int
    by_day: Sequence[tuple[date, int]]


def put(session: Session, job_id: UUID, token: str, origins: Sequence[str]) -> Embed:
    """Makes the lesson visible; where it is already, only the ``origins`` change."""
    added = insert(Embed).values(job_id=job_id, token=token, origins=list(origins))
    return session.scalars(
        added.on_conflict_do_update(
            index_elements=[Embed.job_id], set_={"origins": added.excluded.origins}
        )
        .returning(Embed)
        .execution_options(populate_existing=True)
    ).one()


def find(session: Session, job_id: UUID) -> Embed | None:
    return session.get(Embed, job_id)


def revoke(session: Session, job_id: UUID) -> bool:
    """False when there is none."""
    rows = delete(Embed).where(Embed.job_id == job_id).returning(Embed.job_id)
    return session.scalar(rows) is not None


def find_shown(session: Session, token: str) -> tuple[Embed, Job] | None:
    """What this token shows: an embed, and its job with its steps and exports."""
    found = session.execute(
        select(Embed, Job)
        .join(Job, Job.id == Embed.job_id)
        .where(Embed.token == token)
        .options(*PARTS)
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def count_view(session: Session, job_id: UUID) -> None:
    """Adds one to today's, unless the lesson has just been deleted."""
    if not hold(session, job_id):
        return
    today = func.timezone("UTC", func.now()).cast(EmbedViews.day.type)
    row = insert(EmbedViews).values(job_id=job_id, day=today, views=1)
    session.execute(
        row.on_conflict_do_update(
            index_elements=[EmbedViews.job_id, EmbedViews.day],
            set_={"views": EmbedViews.views + 1},
        )
    )


def views(session: Session, job_id: UUID) -> Views:
    counted = select(func.coalesce(func.sum(EmbedViews.views), 0))
    total = session.scalars(counted.where(EmbedViews.job_id == job_id)).one()
    days = select(EmbedViews.day, EmbedViews.views).where(EmbedViews.job_id == job_id)
    found = session.execute(days.order_by(EmbedViews.day.desc()).limit(DAYS_SHOWN)).all()
    return Views(total, [(day, views) for day, views in reversed(found)])
