"""What one has made, and what is left of one's quotas."""

from fastapi import APIRouter

from serve.deps import AccountReader, StudioParts, Transaction
from serve.limits import StrictRoute
from serve.schemas import UsageRead
from serve.usage import usage_read

router = APIRouter(prefix="/api", tags=["accounts"], route_class=StrictRoute)


@router.get("/usage")
def read_usage(user: AccountReader, db: Transaction, studio: StudioParts) -> UsageRead:
    """Minutes of video made this month, storage, jobs under way; quotas and what is left."""
    return usage_read(db, user, studio.quotas)
