"""Lessons, their files, and where they are shown."""

from serve.errors.base import ApiError, FieldError


class JobNotFound(ApiError):
    """You have no job with this id."""

    code = "job_not_found"


class ExportNotFound(ApiError):
    """The job has no export “{0}”, or not yet."""

    code = "export_not_found"
    advice = "Read the job: its exports are there when it has succeeded."


class HistoryEnds(Exception):
    """A job has ended and its reader has seen it all. Not an error: 204 tells a browser's
    EventSource not to come back."""


class JobNotFinished(ApiError):
    """The job is {0}; this needs a finished one."""

    code = "job_not_finished"
    advice = "Wait until it ends, or cancel it."


class JobFinished(ApiError):
    """The job is {0} already."""

    code = "job_finished"


class JobNotRetryable(ApiError):
    """The job is {0}; only a failed or cancelled one can be retried."""

    code = "job_not_retryable"


class EmbedNotFound(ApiError):
    """The lesson is not embedded."""

    code = "embed_not_found"
    advice = "Make an address for it first."


class PlayerNotFound(ApiError):
    """There is no such lesson here, or not any more."""

    code = "player_not_found"
    advice = "Ask whoever gave you the address for a new one."


class OembedFormatUnknown(ApiError):
    """Embedding is described as JSON only."""

    code = "oembed_format_unknown"
    advice = "Ask with format=json, or without a format."


class NotEmbeddable(ApiError):
    """The lesson has no film to show."""

    code = "not_embeddable"
    advice = "Wait until it has succeeded; its exports must hold lesson.mp4."


class LessonsUnfinished(ApiError):
    """A course holds finished lessons only; {0} of these are none."""

    code = "lessons_unfinished"
    advice = "Wait until they have succeeded, with lesson.mp4 and poster.jpg; or leave them out."

    def __init__(self, count: int, *errors: FieldError) -> None:
        super().__init__(count, *errors)
        self.errors = errors


class CourseTooLarge(ApiError):
    """The course would be larger than 2 GiB, which many platforms cannot read."""

    code = "course_too_large"
    advice = "Make several courses of it."
