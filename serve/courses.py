"""Several finished lessons as one package, made while it is sent: memory does not grow with it."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from uuid import UUID, uuid5

from sqlalchemy.orm import Session

from db import jobs
from db.models import Export, Job, JobStatus
from pipeline.export.cmi5 import OURS
from pipeline.export.course import (
    FILMED,
    Course,
    CourseLesson,
    Standard,
    Taken,
    course_files,
    plan,
)
from pipeline.lesson import LessonSpec
from pipeline.storage import Storage
from serve.archives import Piecewise, zipped
from serve.errors import CourseTooLarge, FieldError, JobNotFound, LessonsUnfinished
from serve.finished import finished_lesson

MOST_BYTES = 2**31 - 2**26
"""Beyond 2 GiB a zip needs extensions that many platforms do not read; all but films is small."""


def chosen(db: Session, owner_id: UUID, ids: Sequence[UUID]) -> list[Job]:
    """The owner's lessons, in the order of the ids. Raises JobNotFound."""
    found = [jobs.find(db, owner_id, each) for each in ids]
    if None in found:
        raise JobNotFound
    return [job for job in found if job is not None]


def planned(
    storage: Storage, lessons: Sequence[Job], course_id: str | None, title: str, standard: Standard
) -> Course:
    """Ready to be packed. Raises LessonsUnfinished, CourseTooLarge and SchemasMissing. Blocks.

    Without ``course_id`` the lessons and their order say which course it is.
    """
    _require_films(lessons)
    if sum(_export(job, name).bytes for job in lessons for name in FILMED) > MOST_BYTES:
        raise CourseTooLarge
    name = course_id or str(uuid5(OURS, " ".join(str(job.id) for job in lessons)))
    return plan(name, title, standard, [_lesson(storage, job) for job in lessons])


def packed(course: Course, opened: Callable[[Taken], Piecewise]) -> Iterator[bytes]:
    """The zip in pieces; each export is ``opened`` when its turn comes."""
    return zipped(
        (path, opened(content) if isinstance(content, Taken) else content)
        for path, content in course_files(course)
    )


def from_storage(storage: Storage, lessons: Sequence[Job], taken: Taken) -> Piecewise:
    export = _export(lessons[taken.lesson], taken.name)
    return Piecewise(export.bytes, storage.open(export.storage_key))


def _lesson(storage: Storage, job: Job) -> CourseLesson:
    size = LessonSpec.model_validate(job.spec).video.size
    return CourseLesson(partial(finished_lesson, storage, job), size)


def _require_films(lessons: Sequence[Job]) -> None:
    missing = [
        FieldError(f"lessons.{place}", "not_finished", str(job.id))
        for place, job in enumerate(lessons)
        if not _is_filmed(job)
    ]
    if missing or not lessons:
        raise LessonsUnfinished(len(missing), *missing)


def _is_filmed(job: Job) -> bool:
    there = {export.name for export in job.exports}
    return job.status is JobStatus.SUCCEEDED and there.issuperset(FILMED)


def _export(job: Job, name: str) -> Export:
    return next(export for export in job.exports if export.name == name)
