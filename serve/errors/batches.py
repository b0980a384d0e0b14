"""Batches, and drafts of what is not asked for yet."""

from serve.errors.base import ApiError, FieldError


class BatchNotFound(ApiError):
    """You have no batch with this id."""

    code = "batch_not_found"


class BatchFinished(ApiError):
    """All jobs of the batch have ended already."""

    code = "batch_finished"


class BatchNotRetryable(ApiError):
    """No lesson of the batch has failed."""

    code = "batch_not_retryable"


class BatchRefused(ApiError):
    """{0} of the {1} items are not valid, and nothing was taken."""

    code = "batch_refused"
    advice = "Correct them; or take out what is wrong, and leave out `atomic`."

    def __init__(self, wrong: int, items: int, *errors: FieldError) -> None:
        super().__init__(wrong, items, *errors)
        self.errors = errors


class DraftNotFound(ApiError):
    """You have no draft with this id."""

    code = "draft_not_found"


class DraftChanged(ApiError):
    """The draft has been changed since; it is at version {0} now."""

    code = "draft_changed"
    advice = "Read it again, and make your changes to what it is now."


class VersionNeeded(ApiError):
    """This needs to be told which version is changed."""

    code = "version_needed"
    advice = "Send the ETag of what you have read as “If-Match”."


class TooManyDrafts(ApiError):
    """You have {0} drafts, and can have no more."""

    code = "too_many_drafts"
    advice = "Delete some."
