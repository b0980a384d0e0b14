"""Whether the studio works."""

from fastapi import APIRouter

from serve import echo
from serve.deps import LessonReader, StudioParts
from serve.errors import FieldError, StudioNotReady
from serve.limits import StrictRoute
from serve.rates import COSTLY, UNMETERED
from serve.schemas import Alive, Pong, Ready

router = APIRouter(prefix="/api", tags=["health"], route_class=StrictRoute)


@router.get("/health/live", dependencies=[UNMETERED])
async def live(studio: StudioParts) -> Alive:
    """The process is up."""
    return Alive(version=studio.version)


# counting needs the database, whose absence is what this tells
@router.get("/health/ready", dependencies=[UNMETERED])
async def ready(studio: StudioParts) -> Ready:
    """Database, storage and deployments answer; 503 with those that do not."""
    parts = await echo.ready(studio)
    missing = [
        FieldError(part.part, "not_ready", part.detail or "") for part in parts if not part.ok
    ]
    if missing:
        raise StudioNotReady(*missing)
    return Ready(parts=parts)


@router.get("/worker/ping", dependencies=[COSTLY])
async def ping(user: LessonReader, studio: StudioParts) -> Pong:  # noqa: ARG001
    """Has every model do the least it can, and says who did it and how long it took."""
    return await echo.ping(studio)
