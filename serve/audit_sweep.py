"""Forgets what was done longer ago than the studio keeps it."""

from datetime import UTC, datetime, timedelta

from db import audit
from serve.deps import Studio


def sweep(studio: Studio) -> int:
    """Deletes entries by whole days (UTC), and records that; returns how many they were.

    By days, so that what tells of it is one entry a day and not one each time.
    """
    if studio.audit_days == 0:
        return 0
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    before = today - timedelta(days=studio.audit_days)
    with studio.database.transaction() as db:
        forgotten = audit.forget(db, before)
        if forgotten:
            audit.write(
                db,
                actor_id=None,
                action="audit.swept",
                target=f"audit:{before:%Y-%m-%d}",
                address="",
                agent="lectern",
                details={"entries": forgotten},
            )
    return forgotten
