"""Histories, as they are written."""

from collections.abc import AsyncGenerator, AsyncIterator
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from db import events
from db.jobs import ENDED as ENDED_JOB
from serve.admissions import Admissions
from serve.deps import Asking, LessonReader, OwnJob, Studio, StudioParts, Transaction
from serve.errors import HistoryEnds
from serve.event_reads import with_poster
from serve.history import EventBell, follow, follow_all
from serve.limits import StrictRoute
from serve.schemas import EventRead, FeedOpened, OwnEventRead

LARGEST = 2**31 - 1
LARGEST_PLACE = 2**63 - 1

ENDED: dict[int | str, dict[str, Any]] = {
    204: {"description": "It has ended, and the reader has everything: do not come back."}
}

router = APIRouter(prefix="/api", tags=["jobs"], route_class=StrictRoute)


def resume_after(
    job: OwnJob,
    last_event_id: Annotated[int | None, Header(ge=0, le=LARGEST)] = None,
    after: Annotated[int, Query(ge=0, le=LARGEST, description="Number of an event.")] = 0,
) -> int:
    """The number of the last event the reader has; the browser's own header goes first."""
    seen = after if last_event_id is None else last_event_id
    if job.status in ENDED_JOB and seen >= job.last_event:
        raise HistoryEnds
    return seen


def the_bell(request: Request) -> EventBell:
    bell: EventBell = request.app.state.bell
    return bell


def the_doors(request: Request) -> Admissions:
    doors: Admissions = request.app.state.doors
    return doors


Bell = Annotated[EventBell, Depends(the_bell)]
Doors = Annotated[Admissions, Depends(the_doors)]
"""Every stream goes through them: its reader is shown out when their sign-in or key has ended."""


@router.get("/jobs/{job_id}/events", response_class=EventSourceResponse, responses=ENDED)
async def follow_job(
    job: OwnJob,
    seen: Annotated[int, Depends(resume_after)],
    studio: StudioParts,
    bell: Bell,
    doors: Doors,
    who: Asking,
) -> AsyncIterator[ServerSentEvent]:
    """Every event of a job after the last one seen, until the last one of all.

    The id of an event is its number: a browser resumes by itself. A reader who has everything of a
    job that has ended gets 204. `problem` instead, once the sign-in or key it came by has ended.
    """
    async for event in doors.while_admitted(who, _history(studio, bell, job.id, seen)):
        yield event


async def _history(
    studio: Studio, bell: EventBell, job_id: UUID, seen: int
) -> AsyncGenerator[ServerSentEvent, None]:
    async for event in follow(studio.database, bell, job_id, seen):
        told = with_poster(studio.storage, EventRead.model_validate(event))
        yield ServerSentEvent(event=event.kind, id=str(event.number), data=told)


def place_to_start(
    user: LessonReader,
    db: Transaction,
    last_event_id: Annotated[int | None, Header(ge=0, le=LARGEST_PLACE)] = None,
    after: Annotated[
        int | None,
        Query(ge=0, le=LARGEST_PLACE, description="Id of an event; 0 for all there ever were."),
    ] = None,
) -> int:
    """Where the reader was; for one who comes without a place, where everything stands now."""
    asked = after if last_event_id is None else last_event_id
    return events.last_place(db, user.id) if asked is None else asked


@router.get("/events", response_class=EventSourceResponse)
async def follow_jobs(
    user: LessonReader,
    place: Annotated[int, Depends(place_to_start)],
    studio: StudioParts,
    bell: Bell,
    doors: Doors,
    who: Asking,
) -> AsyncIterator[ServerSentEvent]:
    """The events of all one's jobs, from now on or from where one was.

    Begins with `opened`, whose id is the place to go on from; ids grow, with gaps, and an event
    never comes after one with a larger id. Broken off after 15 minutes: reconnect as after any
    break, with `Last-Event-ID`. `problem` says that the sign-in or key it came by has ended.
    """
    async for event in doors.while_admitted(who, _feed(studio, bell, user.id, place)):
        yield event


async def _feed(
    studio: Studio, bell: EventBell, owner_id: UUID, place: int
) -> AsyncGenerator[ServerSentEvent, None]:
    yield ServerSentEvent(event="opened", id=str(place), data=FeedOpened(place=place))
    async for told in follow_all(studio.database, bell, owner_id, place):
        yield ServerSentEvent(
            event=told.event.kind,
            id=str(told.place),
            data=with_poster(studio.storage, OwnEventRead.model_validate(told.event)),
        )
