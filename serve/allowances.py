"""What users may do and have, by the settings."""

from db.quotas import Quotas
from serve.rates import Rates
from serve.settings import Settings


def rates(settings: Settings) -> Rates:
    """Requests a minute, by kind."""
    return Rates(
        settings.rate_read, settings.rate_write, settings.rate_create, settings.rate_anonymous
    )


def quotas(settings: Settings) -> Quotas:
    """What a user may have who was not given other quotas."""
    return Quotas(settings.quota_video_minutes, settings.quota_storage_bytes, settings.quota_jobs)
