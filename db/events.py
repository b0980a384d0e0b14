"""The history of a job: what SSE and webhooks deliver, numbered from 1 without gaps.

Every event holds the number of its job's making. Its data, by kind:

- ``job.queued``      ``making``
- ``job.started``     ``attempt`` (the fencing token), ``taken_over`` (its last worker was lost)
- ``job.retrying``    ``code``, ``detail``, ``pause_seconds``; ``step`` and ``attempt`` (the one to
  come) when it was the step's own failure
- ``job.succeeded``   ``seconds`` of the lesson, ``exports`` (names)
- ``job.failed``      ``step``, ``scene`` (null where it was none), ``code``, ``detail``,
                      ``advice``, ``retryable`` (false where the same lesson would fail alike)
- ``job.cancelled``   nothing
- ``step.started``    ``step``, ``attempt``, ``engine`` (its card; null where none works)
- ``step.progress``   ``step``, ``progress`` 0..1; ``scene`` and ``scene_progress`` where it is one
- ``step.succeeded``  ``step``, ``work_seconds``, ``media_seconds``
- ``step.failed``     ``step``, ``attempt``, ``scene``, ``code``, ``detail``, ``advice``
- ``scene.written``   ``scene``, ``title``, ``narration``; again when the script is begun anew
- ``scene.spoken``    ``scene``, ``seconds``, ``made`` (false: it was found done)
- ``scene.filmed``    ``scene``, ``seconds``, ``made``, ``poster_key`` (null where it has none;
  readers are told an address instead: ``poster``)

``scene`` is an index from 0. Exactly one of ``TERMINAL_EVENTS`` ends each making.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select, update
from sqlalchemy.orm import Session

from db.models import TERMINAL_EVENTS, Event, FeedEntry, Job


def append(session: Session, job_id: UUID, kind: str, /, **data: Any) -> int:
    """Writes the next event of the job, and gives its number.

    The job's row stays locked until the transaction ends: numbers are seen in their order, and one
    that is rolled back is given again.
    """
    number, making = session.execute(
        update(Job)
        .where(Job.id == job_id)
        .values(last_event=Job.last_event + 1)
        .returning(Job.last_event, Job.making)
        .execution_options(synchronize_session=False)
    ).one()
    session.add(Event(job_id=job_id, number=number, making=making, kind=kind, data=data))
    session.flush()
    return int(number)


def after(session: Session, job_id: UUID, number: int, limit: int = 500) -> list[Event]:
    """The events that follow event ``number``, in order."""
    found = select(Event).where(Event.job_id == job_id, Event.number > number)
    return list(session.scalars(found.order_by(Event.number).limit(limit)))


@dataclass(frozen=True, slots=True)
class Told:
    """An event at its place among all events of its owner; see ``FeedEntry``."""

    place: int
    event: Event


def last_place(session: Session, owner_id: UUID) -> int:
    """The place of the owner's last event; 0 when there is none."""
    return session.scalar(select(func.max(FeedEntry.place)).where(_of(owner_id))) or 0


def after_place(
    session: Session, owner_id: UUID, place: int, batch_id: UUID | None = None, limit: int = 500
) -> list[Told]:
    """The owner's events that follow ``place``, in order.

    Of a batch: only those that end one of its jobs.
    """
    found = (
        select(FeedEntry.place, Event)
        .join(Event, and_(Event.job_id == FeedEntry.job_id, Event.number == FeedEntry.number))
        .where(_of(owner_id), FeedEntry.place > place)
    )
    if batch_id is not None:
        in_batch = select(Job.id).where(Job.batch_id == batch_id)
        found = found.where(Event.job_id.in_(in_batch), Event.kind.in_(TERMINAL_EVENTS))
    rows = session.execute(found.order_by(FeedEntry.place).limit(limit))
    return [Told(at, event) for at, event in rows]


def _of(owner_id: UUID) -> ColumnElement[bool]:
    return FeedEntry.owner_id == owner_id
