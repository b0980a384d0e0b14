"""Token buckets: how many requests may be made, counted for all replicas together."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, func, literal_column, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session as Transaction

from db.models import RateBucket

SWEPT_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Bucket:
    """Holds ``size`` tokens, and is full again ``seconds`` after it was empty."""

    size: int
    seconds: float

    @property
    def tokens_a_second(self) -> float:
        return self.size / self.seconds


@dataclass(frozen=True, slots=True)
class Taken:
    """``granted`` tokens were taken, ``left`` remain: a fraction of one, where none was."""

    granted: int
    left: float


def take(db: Transaction, subject: str, kind: str, bucket: Bucket, wanted: int) -> Taken:
    """Takes up to ``wanted`` tokens, as many as there are."""
    fresh = min(wanted, bucket.size)
    row = insert(RateBucket).values(
        subject=subject,
        kind=kind,
        tokens=float(bucket.size - fresh),
        granted=fresh,
        filled_at=func.statement_timestamp(),
    )
    # who waited for the row's lock began before it was filled last: time never runs back
    now = func.greatest(RateBucket.filled_at, func.statement_timestamp())
    passed = func.extract("epoch", now - RateBucket.filled_at)
    there = func.least(
        literal_column(str(float(bucket.size))),
        RateBucket.tokens + passed * bucket.tokens_a_second,
    )
    granted = func.least(literal_column(str(wanted)), func.floor(there))
    taken = row.on_conflict_do_update(
        index_elements=[RateBucket.subject, RateBucket.kind],
        set_={"tokens": there - granted, "granted": granted, "filled_at": now},
    ).returning(RateBucket.granted, RateBucket.tokens)
    found = db.execute(taken).one()
    return Taken(found.granted, found.tokens)


def sweep(db: Transaction, longest_seconds: float) -> int:
    """Forgets buckets that nothing was taken from for so long that they are full."""
    full = (
        select(RateBucket.subject, RateBucket.kind)
        .where(RateBucket.filled_at < func.now() - timedelta(seconds=longest_seconds))
        .limit(SWEPT_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    gone = delete(RateBucket).where(tuple_(RateBucket.subject, RateBucket.kind).in_(full))
    return len(db.execute(gone.returning(RateBucket.kind)).all())
