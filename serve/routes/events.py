"""A job's history, as it is written."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from db.jobs import ENDED
from serve.deps import OwnJob, StudioParts
from serve.errors import HistoryEnds
from serve.history import EventBell, follow
from serve.limits import StrictRoute
from serve.schemas import EventRead

LARGEST = 2**31 - 1

router = APIRouter(prefix="/api/jobs", tags=["jobs"], route_class=StrictRoute)


def resume_after(
    job: OwnJob,
    last_event_id: Annotated[int | None, Header(ge=0, le=LARGEST)] = None,
    after: Annotated[int, Query(ge=0, le=LARGEST, description="Number of an event.")] = 0,
) -> int:
    """The number of the last event the reader has; the browser's own header goes first."""
    seen = after if last_event_id is None else last_event_id
    if job.status in ENDED and seen >= job.last_event:
        raise HistoryEnds
    return seen


def the_bell(request: Request) -> EventBell:
    bell: EventBell = request.app.state.bell
    return bell


@router.get("/{job_id}/events", response_class=EventSourceResponse)
async def follow_job(
    job: OwnJob,
    seen: Annotated[int, Depends(resume_after)],
    studio: StudioParts,
    bell: Annotated[EventBell, Depends(the_bell)],
) -> AsyncIterator[ServerSentEvent]:
    """Every event of a job after the last one seen, until the last one of all.

    The id of an event is its number: a browser resumes by itself. A reader who has everything of a
    job that has ended gets 204.
    """
    async for event in follow(studio.database, bell, job.id, seen):
        yield ServerSentEvent(
            event=event.kind, id=str(event.number), data=EventRead.model_validate(event)
        )
