"""Whether a user may have what was just asked for: checked after it was written, before it is kept.

The rows of the request are counted with all others, in its own transaction and with the user's row
locked; what is too much is rolled back with it. So a batch counts as a whole, and of two requests
that want the last of something, one gets it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Depends
from sqlalchemy.orm import Session

from db import quotas
from db.quotas import Quotas, Used
from serve.deps import Asking, StudioParts, Transaction
from serve.errors import JobQuotaReached, QuotaState, StorageQuotaReached, VideoQuotaReached

MINUTE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Month:
    """The calendar month in UTC by which minutes of video are counted."""

    first: date

    @property
    def resets_at(self) -> datetime:
        year, month = divmod(self.first.year * 12 + self.first.month, 12)
        return datetime(year, month + 1, 1, tzinfo=UTC)


def this_month() -> Month:
    return Month(datetime.now(UTC).date().replace(day=1))


@dataclass(frozen=True, slots=True)
class QuotaCheck:
    """Checks what stands in the transaction against what its user may have."""

    db: Session
    user_id: UUID
    usual: Quotas

    def check_lessons(self) -> None:
        """After jobs were made or set going again, all of them at once.

        Raises JobQuotaReached, VideoQuotaReached, StorageQuotaReached.
        """
        may, month = self._locked(), this_month()
        used = quotas.used(self.db, self.user_id, month.first)
        _check_jobs(may, used)
        _check_minutes(may, used, month)
        if may.storage_bytes is not None and used.storage_bytes >= may.storage_bytes:
            raise StorageQuotaReached(_stored(used.storage_bytes, may.storage_bytes))

    def check_uploads(self) -> None:
        """After assets were added. Raises StorageQuotaReached."""
        may = self._locked()
        stored = quotas.stored_bytes(self.db, self.user_id)
        if may.storage_bytes is not None and stored > may.storage_bytes:
            raise StorageQuotaReached(_stored(stored, may.storage_bytes))

    def _locked(self) -> Quotas:
        return quotas.of_user(quotas.lock(self.db, self.user_id), self.usual)


def quota_check(db: Transaction, who: Asking, studio: StudioParts) -> QuotaCheck:
    return QuotaCheck(db, who.user.id, studio.quotas)


Quota = Annotated[QuotaCheck, Depends(quota_check)]


def _check_jobs(may: Quotas, used: Used) -> None:
    if may.jobs is not None and used.jobs > may.jobs:
        raise JobQuotaReached(QuotaState("jobs", used.jobs, may.jobs))


def _check_minutes(may: Quotas, used: Used, month: Month) -> None:
    minutes = (used.video_seconds + used.promised_seconds) / MINUTE_SECONDS
    if may.video_minutes is not None and minutes > may.video_minutes:
        state = QuotaState("video_minutes", round(minutes, 2), may.video_minutes, month.resets_at)
        raise VideoQuotaReached(state)


def _stored(used_bytes: int, most: int) -> QuotaState:
    return QuotaState("storage_bytes", used_bytes, most)
