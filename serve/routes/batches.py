"""Batches: many lessons asked for at once."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response, status
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from db import batches as rows
from db.models import JobStatus
from pipeline.lesson import ExportName
from serve import batch_streams, batches
from serve.archives import Entry, archive, entries
from serve.batch_reads import batch_read, manifest, summaries
from serve.batches import CheckedBatch
from serve.deps import (
    Asking,
    Audit,
    LessonReader,
    LessonWriter,
    OwnBatch,
    Paging,
    StudioParts,
    Transaction,
)
from serve.errors import BatchFinished, BatchNotRetryable, HistoryEnds
from serve.idempotency import CREATES
from serve.job_reads import summaries as job_summaries
from serve.limits import StrictRoute
from serve.quotas import Quota
from serve.routes.events import ENDED, LARGEST_PLACE, Bell, Doors
from serve.schemas import BatchPage, BatchRead, JobPage, Manifest, Moment, Search

ZIP = "application/zip"
FILES_BYTES = "Lectern-Files-Bytes"
"""How long the files of an archive are together: what a progress bar needs of one whose own length
is not known before it was sent."""
ASKED = {
    "required": True,
    "content": {
        "application/json": {"schema": {"$ref": "#/components/schemas/BatchAsk"}},
        "multipart/form-data": {"schema": {"$ref": "#/components/schemas/BatchForm"}},
    },
}
AN_ARCHIVE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
        "description": "A folder for each lesson that succeeded.",
        "headers": {
            FILES_BYTES: {
                "description": "Length of its files together; the zip is a little longer, or "
                "shorter by what is text.",
                "schema": {"type": "integer"},
            }
        },
    }
}

router = APIRouter(prefix="/api/batches", tags=["batches"], route_class=StrictRoute)


async def batch_asked(request: Request, user: LessonWriter, studio: StudioParts) -> CheckedBatch:  # noqa: ARG001
    """Outside of the transaction, which must not wait for engines to answer."""
    return await batches.check(studio, await batches.read_ask(request))


@router.post(
    "",
    status_code=status.HTTP_202_ACCEPTED,
    openapi_extra={"requestBody": ASKED},
    dependencies=[CREATES],
)
def create_batch(
    asked: Annotated[CheckedBatch, Depends(batch_asked)],
    user: LessonWriter,
    db: Transaction,
    quota: Quota,
    record: Audit,
    response: Response,
) -> BatchRead:
    """Accepts 1 to 500 lessons. Good items are made; the others are told of in `refused`.

    Its jobs wait behind all that somebody waits for.
    """
    batch = batches.take_in(db, user, asked)
    quota.check_lessons()
    unlabelled = sum(each.spec is not None and not each.spec.video.label for each in asked.items)
    record("batch.created", f"batch:{batch.id}", items=batch.items, unlabelled=unlabelled)
    response.headers["Location"] = f"/api/batches/{batch.id}"
    return batch_read(db, batch)


@router.get("")
def list_batches(
    user: LessonReader,
    db: Transaction,
    paging: Paging,
    finished: bool | None = None,
    q: Annotated[Search | None, Query(description="Part of the title.")] = None,
    created_after: Moment | None = None,
    created_before: Moment | None = None,
) -> BatchPage:
    """Own batches, newest first."""
    wanted = rows.BatchFilter(finished, q, created_after, created_before)
    page = rows.page(db, user.id, wanted, cursor=paging.cursor, limit=paging.limit)
    items = summaries(db, page.items)
    return BatchPage(items=items, next_cursor=page.next_cursor, total=page.total)


@router.get("/{batch_id}")
def read_batch(batch: OwnBatch, db: Transaction) -> BatchRead:
    """How far a batch is: jobs by status, the time left, and what was refused."""
    return batch_read(db, batch)


@router.get("/{batch_id}/items")
def list_items(
    batch: OwnBatch,
    db: Transaction,
    studio: StudioParts,
    paging: Paging,
    status: Annotated[
        list[JobStatus], Query(description="Any of these; may be repeated.", max_length=5)
    ] = [],  # noqa: B006 — FastAPI copies it
) -> JobPage:
    """The jobs of a batch, in the order of its rows."""
    page = rows.items(db, batch.id, status, cursor=paging.cursor, limit=paging.limit)
    items = job_summaries(studio.storage, page.items)
    return JobPage(items=items, next_cursor=page.next_cursor, total=page.total)


def resume_after(
    batch: OwnBatch,
    db: Transaction,
    last_event_id: Annotated[int | None, Header(ge=0, le=LARGEST_PLACE)] = None,
    after: Annotated[
        int | None, Query(ge=0, le=LARGEST_PLACE, description="Id of an event.")
    ] = None,
) -> int:
    """The id of the last event the reader has; the browser's own header goes first."""
    seen = after if last_event_id is None else last_event_id
    if seen is not None and batch_streams.has_seen_all(db, batch, seen):
        raise HistoryEnds
    return seen or 0


@router.get("/{batch_id}/events", response_class=EventSourceResponse, responses=ENDED)
async def follow_batch(
    batch: OwnBatch,
    seen: Annotated[int, Depends(resume_after)],
    studio: StudioParts,
    bell: Bell,
    doors: Doors,
    who: Asking,
) -> AsyncIterator[ServerSentEvent]:
    """`counts` whenever they change, `item` for each job that ends, and `finished` at the end.

    Only items have an id, by which a reader goes on after a break. A reader who has all of a batch
    that is finished gets 204. `problem` instead, once the sign-in or key it came by has ended.
    """
    told = batch_streams.follow(studio.database, bell, batch, seen)
    async for event in doors.while_admitted(who, told):
        yield event


@router.post("/{batch_id}/cancel", status_code=status.HTTP_202_ACCEPTED)
def cancel_batch(
    user: LessonWriter,  # noqa: ARG001
    batch: OwnBatch,
    db: Transaction,
    record: Audit,
) -> BatchRead:
    """Cancels at once what waits, and within ten seconds what runs."""
    if not rows.cancel(db, batch):
        raise BatchFinished
    record("batch.cancelled", f"batch:{batch.id}")
    return batch_read(db, batch)


@router.post("/{batch_id}/retry", status_code=status.HTTP_202_ACCEPTED)
def retry_batch(
    user: LessonWriter,  # noqa: ARG001
    batch: OwnBatch,
    db: Transaction,
    quota: Quota,
    record: Audit,
) -> BatchRead:
    """Goes on with all its lessons that failed, each from what is done."""
    retried = rows.retry_failed(db, batch)
    if not retried:
        raise BatchNotRetryable
    quota.check_lessons()
    record("batch.retried", f"batch:{batch.id}", lessons=retried)
    return batch_read(db, batch)


@router.get("/{batch_id}/manifest.json")
def read_manifest(batch: OwnBatch, db: Transaction, studio: StudioParts) -> Manifest:
    """Every item with its job, its status, and its exports with addresses good for 15 minutes."""
    return manifest(db, studio.storage, batch)


def archived(
    batch: OwnBatch,
    db: Transaction,
    exports: Annotated[
        list[ExportName], Query(description="Only these; may be repeated.", max_length=20)
    ] = [],  # noqa: B006 — FastAPI copies it
) -> list[Entry]:
    """Read before the answer begins: a transaction does not stay open for a slow reader."""
    return entries(rows.everything(db, batch.id), exports)


@router.get("/{batch_id}/archive.zip", response_class=StreamingResponse, responses=AN_ARCHIVE)
def download_archive(
    batch: OwnBatch, files: Annotated[list[Entry], Depends(archived)], studio: StudioParts
) -> StreamingResponse:
    """The exports of the lessons that succeeded, as a zip that is made while it is sent."""
    headers = {
        "Content-Disposition": f'attachment; filename="batch-{batch.id}.zip"',
        FILES_BYTES: str(sum(file.bytes_ for file in files)),
    }
    return StreamingResponse(archive(studio.storage, files), media_type=ZIP, headers=headers)
