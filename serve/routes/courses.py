"""Courses: several finished lessons as one package for a learning platform."""

from functools import partial
from typing import Annotated, Any, get_args
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse
from pydantic import AfterValidator

from db import batches
from db.models import Job
from pipeline.export.course import Standard
from pipeline.spec import Line
from serve import courses
from serve.deps import LessonReader, OwnBatch, StudioParts
from serve.limits import StrictRoute
from serve.package_names import PackageName

ZIP = "application/zip"
MOST_LESSONS = 100
STANDARDS: dict[PackageName, Standard] = dict(
    zip(get_args(PackageName), get_args(Standard), strict=True)
)
A_PACKAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {ZIP: {"schema": {"type": "string", "format": "binary"}}},
        "description": "A package that lists the lessons in order, each tracked by itself.",
    }
}

router = APIRouter(prefix="/api", tags=["lessons"], route_class=StrictRoute)


def each_once(ids: list[UUID]) -> list[UUID]:
    """A platform cannot tell two lessons with the same identifier apart."""
    if len(set(ids)) < len(ids):
        raise ValueError("name each lesson once")
    return ids


Title = Annotated[Line, Query(description="What the course is called.")]
CourseId = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z0-9_.-]{1,64}$",
        description="By which a platform knows the course again when its lessons have changed; "
        "without it, the lessons and their order say which course it is.",
    ),
]


def chosen(
    user: LessonReader,
    studio: StudioParts,
    lesson: Annotated[
        list[UUID],
        Query(min_length=1, max_length=MOST_LESSONS, description="Ids of lessons, in order."),
        AfterValidator(each_once),
    ],
) -> list[Job]:
    """Read before the answer begins: a transaction does not stay open for a slow reader."""
    with studio.database.transaction() as db:
        return courses.chosen(db, user.id, lesson)


@router.get("/courses/{package}", response_class=StreamingResponse, responses=A_PACKAGE)
def download_course(
    package: PackageName,
    title: Title,
    lessons: Annotated[list[Job], Depends(chosen)],
    studio: StudioParts,
    course_id: CourseId = None,
) -> StreamingResponse:
    """Finished lessons as one SCORM or cmi5 package, made while it is sent."""
    return _sent(studio, lessons, course_id, title, package)


def of_batch(batch: OwnBatch, studio: StudioParts) -> list[Job]:
    """All that belong to it, in the order of its rows."""
    with studio.database.transaction() as db:
        return list(batches.everything(db, batch.id))


@router.get(
    "/batches/{batch_id}/course/{package}", response_class=StreamingResponse, responses=A_PACKAGE
)
def download_batch_course(
    package: PackageName,
    batch: OwnBatch,
    lessons: Annotated[list[Job], Depends(of_batch)],
    studio: StudioParts,
) -> StreamingResponse:
    """All lessons of a batch that is finished, as one package named after it."""
    return _sent(studio, lessons, str(batch.id), batch.title, package)


def _sent(
    studio: StudioParts, lessons: list[Job], course_id: str | None, title: str, package: PackageName
) -> StreamingResponse:
    course = courses.planned(studio.storage, lessons, course_id, title, STANDARDS[package])
    chunks = courses.packed(course, partial(courses.from_storage, studio.storage, lessons))
    headers = {"Content-Disposition": f'attachment; filename="course-{package}"'}
    return StreamingResponse(chunks, media_type=ZIP, headers=headers)
