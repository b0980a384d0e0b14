"""How often, and how much."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from serve.errors.base import ApiError


class TooManyAttempts(ApiError):
    """There were too many attempts; the next one can be made in {0} seconds."""

    code = "too_many_attempts"
    advice = "Wait, or sign in from where you have signed in before."

    def __init__(self, seconds: float) -> None:
        super().__init__(ceil(seconds))
        self.retry_seconds = ceil(seconds)


class RateExceeded(ApiError):
    """There were too many requests; the next one can be made in {0} seconds."""

    code = "rate_exceeded"
    advice = "Wait for as long as Retry-After says; RateLimit in each answer says what is left."

    def __init__(self, seconds: float) -> None:
        super().__init__(ceil(seconds))
        self.retry_seconds = ceil(seconds)


class IdempotencyMismatch(ApiError):
    """Something else was asked for with this Idempotency-Key before."""

    code = "idempotency_mismatch"
    advice = "Use a new key for every new request, and the same one only to repeat it."


class IdempotencyInProgress(ApiError):
    """The first request with this Idempotency-Key is still being worked at."""

    code = "idempotency_in_progress"
    advice = "Send the same request again in a moment: it gets the first one's answer."
    retry_seconds = 2


class IdempotencyAnswerLost(ApiError):
    """The request was done before, but its answer can no longer be read."""

    code = "idempotency_answer_lost"
    advice = "Look for what was made: the studio's secrets were replaced since."


@dataclass(frozen=True, slots=True)
class QuotaState:
    """``used`` counts what is being asked for too. ``resets_at``: when some of it comes back."""

    name: str
    used: float
    limit: float
    resets_at: datetime | None = None


class QuotaReached(ApiError):
    """A quota would be exceeded."""

    code = "quota_reached"

    def __init__(self, quota: QuotaState) -> None:
        super().__init__(quota)
        self.quota = quota


class VideoQuotaReached(QuotaReached):
    """With this, {0.used:.1f} minutes of video are made this month; {0.limit:g} are allowed."""

    code = "quota_video_minutes"
    advice = "Wait for the next month, cancel what waits, or ask an administrator for more."


class StorageQuotaReached(QuotaReached):
    """With this, {0.used:.0f} bytes would be stored; {0.limit:.0f} are allowed."""

    code = "quota_storage_bytes"
    advice = "Delete lessons or assets that are not needed, or ask an administrator for more."


class JobQuotaReached(QuotaReached):
    """With this, {0.used:.0f} jobs would run or wait; {0.limit:.0f} are allowed at once."""

    code = "quota_jobs"
    advice = "Wait until some of them have ended, or ask an administrator for more."
    retry_seconds = 60
