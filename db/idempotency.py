"""First answers under a key, so that a request that is sent twice does its work once.

A request claims its key for a short while, and holds the claim while it works. What it answers is
written in the transaction of its work: both are there, or neither. Whoever lost its claim in
between cannot write its answer, and must undo its work.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, delete, func, null, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session as Transaction

from db.models import KeyedAnswer

SWEPT_AT_ONCE = 100
THING = "^/api/[^/]+/[^/]+"
"""The address of one thing, in that of what is below it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whose key it is, and which."""

    account: str
    key: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered; ``body`` as it was written, sealed or not."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is known under a key. ``answer`` is None while the request is under way."""

    digest: str
    answer: Answer | None


def claim(
    db: Transaction, place: Place, digest: str, *, seconds: float, kept_seconds: float
) -> UUID | None:
    """Takes a key that nobody has, or whose holder has died; None when it is taken."""
    token = uuid4()
    values = {
        "digest": digest,
        "claim": token,
        "claimed_until": func.clock_timestamp() + timedelta(seconds=seconds),
        "status": null(),
        "headers": null(),  # None would be the null of JSON
        "body": null(),
        "expires_at": func.clock_timestamp() + timedelta(seconds=kept_seconds),
    }
    row = insert(KeyedAnswer).values(account=place.account, key=place.key, **values)
    taken = row.on_conflict_do_update(
        index_elements=[KeyedAnswer.account, KeyedAnswer.key], set_=values, where=_is_free()
    )
    return db.scalar(taken.returning(KeyedAnswer.claim))


def find(db: Transaction, place: Place) -> Remembered | None:
    """What is known under the key; None when it was forgotten or given up."""
    row = db.execute(
        select(KeyedAnswer.digest, KeyedAnswer.status, KeyedAnswer.headers, KeyedAnswer.body).where(
            _at(place), KeyedAnswer.expires_at > func.clock_timestamp()
        )
    ).one_or_none()
    if row is None:
        return None
    if row.status is None:
        return Remembered(row.digest, None)
    return Remembered(row.digest, Answer(row.status, row.headers, bytes(row.body)))


def hold(db: Transaction, place: Place, token: UUID, *, seconds: float) -> bool:
    """Holds the claim for so many seconds more; False when it is lost."""
    until = func.clock_timestamp() + timedelta(seconds=seconds)
    return _write(db, place, token, {"claimed_until": until})


def answer(db: Transaction, place: Place, token: UUID, given: Answer) -> bool:
    """Remembers the answer; False when the claim is lost: then the work must be undone."""
    values = {"status": given.status, "headers": dict(given.headers), "body": given.body}
    return _write(db, place, token, values)


def give_up(db: Transaction, place: Place, token: UUID) -> None:
    """The request did nothing: its key may be used again."""
    db.execute(delete(KeyedAnswer).where(_held(place, token)))


def forget(db: Transaction, locations: Collection[str]) -> None:
    """The answers that told of what was made at these addresses, or of something below them."""
    place = func.substring(KeyedAnswer.headers["location"].astext, THING)
    db.execute(delete(KeyedAnswer).where(place.in_(list(locations))))


def sweep(db: Transaction) -> int:
    """Forgets answers whose time is over; how many it were."""
    old = (
        select(KeyedAnswer.account, KeyedAnswer.key)
        .where(KeyedAnswer.expires_at < func.now())
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    gone = delete(KeyedAnswer).where(tuple_(KeyedAnswer.account, KeyedAnswer.key).in_(old))
    return len(db.execute(gone.returning(KeyedAnswer.key)).all())


def _write(db: Transaction, place: Place, token: UUID, values: Mapping[str, object]) -> bool:
    written = update(KeyedAnswer).where(_held(place, token)).values(**values)
    return db.scalar(written.returning(KeyedAnswer.claim)) is not None


def _is_free() -> ColumnElement[bool]:
    """Forgotten; or claimed by someone who has neither answered nor held the claim since."""
    now = func.clock_timestamp()
    dead = and_(KeyedAnswer.status.is_(None), KeyedAnswer.claimed_until < now)
    return or_(KeyedAnswer.expires_at < now, dead)


def _held(place: Place, token: UUID) -> ColumnElement[bool]:
    return and_(_at(place), KeyedAnswer.claim == token, KeyedAnswer.status.is_(None))


def _at(place: Place) -> ColumnElement[bool]:
    return and_(KeyedAnswer.account == place.account, KeyedAnswer.key == place.key)
