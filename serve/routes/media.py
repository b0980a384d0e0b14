"""What a job has made: the scenes done so far, and the finished files."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Response

from db.models import Export
from pipeline.media.hls import CONTENT_TYPE
from pipeline.storage import Storage
from serve.deps import OwnJob, StudioParts
from serve.errors import ExportNotFound
from serve.limits import StrictRoute
from serve.schemas import ExportRead
from serve.streams import live_playlist

ADDRESS_SECONDS = 15 * 60

router = APIRouter(prefix="/api/jobs/{job_id}", tags=["lessons"], route_class=StrictRoute)


class PlaylistResponse(Response):
    media_type = CONTENT_TYPE


@router.get("/stream.m3u8", response_class=PlaylistResponse)
def stream_job(job: OwnJob, studio: StudioParts) -> PlaylistResponse:
    """HLS of the scenes done so far; it grows while the job runs."""
    lines = live_playlist(studio.storage, job)
    return PlaylistResponse(lines, headers={"Cache-Control": "no-cache"})


@router.get("/exports")
def list_exports(job: OwnJob, studio: StudioParts) -> list[ExportRead]:
    """The finished files, each with an address that works for 15 minutes."""
    return [_read(studio.storage, export) for export in job.exports]


@router.get("/exports/{name}")
def read_export(name: str, job: OwnJob, studio: StudioParts) -> ExportRead:
    """One finished file."""
    for export in job.exports:
        if export.name == name:
            return _read(studio.storage, export)
    raise ExportNotFound(name)


def _read(storage: Storage, export: Export) -> ExportRead:
    """Browsers save it under its name."""
    address = storage.presign_get(export.storage_key, ADDRESS_SECONDS, filename=export.name)
    return ExportRead(
        name=export.name,
        content_type=export.content_type,
        bytes=export.bytes,
        sha256=export.sha256,
        address=address,
        expires_at=datetime.now(UTC) + timedelta(seconds=ADDRESS_SECONDS),
        created_at=export.created_at,
    )
