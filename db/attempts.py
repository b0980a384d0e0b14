"""Guessing made slow: attempts are counted, and after some each one has to wait longer."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session as Transaction

from db.models import Attempt

KEPT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Rule:
    """After ``free`` attempts the next waits ``first_seconds``, then twice that, four times …

    All is forgotten when nothing was tried for ``forgotten_seconds``.
    """

    free: int
    longest_seconds: float
    first_seconds: float = 1.0
    forgotten_seconds: float = 3600.0


def key_of(*parts: str) -> str:
    """The name under which something is counted. What was typed may be a password: it is hashed."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def charge(db: Transaction, counted: Mapping[str, Rule]) -> float:
    """Counts one more attempt under every key, unless one has to wait: then the seconds it must.

    Counted before the attempt is made, so that many at once are counted too; whoever then
    succeeds is forgiven.
    """
    fresh = [{"key": key} for key in sorted(counted)]
    db.execute(insert(Attempt).values(fresh).on_conflict_do_nothing())
    found = select(Attempt).where(Attempt.key.in_(counted)).order_by(Attempt.key)
    rows = list(db.scalars(found.with_for_update()))
    now = db.scalars(select(func.clock_timestamp())).one()
    wait: float = max((row.blocked_until - now).total_seconds() for row in rows)
    if wait > 0:
        return wait
    for row in rows:
        _count(row, counted[row.key], now)
    db.flush()
    return 0.0


def forgive(db: Transaction, own: str, others: Collection[str]) -> None:
    """After a success: its ``own`` count starts anew, and one is taken back from the ``others``."""
    db.execute(delete(Attempt).where(Attempt.key == own))
    db.execute(
        update(Attempt)
        .where(Attempt.key.in_(others))
        .values(failures=func.greatest(Attempt.failures - 1, 0), blocked_until=func.now())
    )
    db.execute(delete(Attempt).where(Attempt.last_at < func.now() - KEPT))


def _count(row: Attempt, rule: Rule, now: datetime) -> None:
    idle = (now - row.last_at).total_seconds()
    row.failures = 1 if idle > rule.forgotten_seconds else row.failures + 1
    row.last_at = now
    over = row.failures - rule.free
    if over >= 0:
        seconds = min(rule.first_seconds * 2.0 ** min(over, 30), rule.longest_seconds)
        row.blocked_until = now + timedelta(seconds=seconds)
