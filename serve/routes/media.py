"""What a job has made: the scenes done so far, and the finished files."""

from fastapi import APIRouter, Response

from pipeline.media.hls import CONTENT_TYPE
from serve.deps import OwnJob, StudioParts
from serve.errors import ExportNotFound
from serve.job_reads import export_read
from serve.limits import StrictRoute
from serve.schemas import ExportRead
from serve.streams import live_playlist

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
    return [export_read(studio.storage, export) for export in job.exports]


@router.get("/exports/{name}")
def read_export(name: str, job: OwnJob, studio: StudioParts) -> ExportRead:
    """One finished file."""
    for export in job.exports:
        if export.name == name:
            return export_read(studio.storage, export)
    raise ExportNotFound(name)
