"""A job, its workers, and where what it makes is kept."""

from pipeline.errors.base import LecternError, LessonError


class StepBroke(LessonError):
    """The step “{0}” met a fault of the studio ({1})."""

    code = "internal"
    advice = "Retry the lesson; if it happens again, tell the operator."
    retryable = True


class DiskFull(LessonError):
    """The disk of the machine that works on the lesson is full."""

    code = "disk_full"
    advice = "Let the operator make room (see TMPDIR). The work goes on by itself for a while."
    retryable = True
    infrastructure = True


class WorkersLost(LessonError):
    """The lesson was begun {0} times, and each time its worker went away."""

    code = "workers_lost"
    advice = "Ask the operator what ends the workers, then retry; what is done is kept."


class AssetGone(LessonError):
    """The {0} of this lesson is no longer there."""

    code = "asset_gone"
    advice = "Make the lesson again with another one."
    lasting = True


class ConsentMissing(LessonError):
    """There is no valid consent for the {0} of this lesson."""

    code = "consent_missing"
    advice = "Record the consent of whoever is shown or heard, then retry; or take another one."


class ConsentUnverified(LessonError):
    """The consent for the {0} of this lesson is recorded and not verified, which is needed here."""

    code = "consent_unverified"
    advice = "Let whoever is heard speak the statement, or ask an administrator; then retry."


class ConsentRevoked(LessonError):
    """The consent for the {0} of this lesson was revoked."""

    code = "consent_revoked"
    advice = "Make the lesson again with another one."
    lasting = True


class LeaseLost(LecternError):
    """Another worker has taken this job over."""

    code = "lease_lost"
    advice = "Nothing to do: the other worker goes on."


class JobCancelled(LecternError):
    """The job was cancelled."""

    code = "cancelled"
    advice = "Retry the job to go on from what is done."


class ArtefactMissing(LecternError):
    """The stored object “{0}” is not there."""

    code = "artefact_missing"
    advice = "Retry the lesson: what is missing is made again."
    retryable = True


class StorageUnavailable(LecternError):
    """The object storage does not answer: {0}"""

    code = "storage_unavailable"
    advice = "Nothing to do: the work goes on when the storage is back."
    retryable = True
    infrastructure = True


class DatabaseUnavailable(LecternError):
    """The database does not answer."""

    code = "database_unavailable"
    advice = "Nothing to do: the work goes on when the database is back."
    retryable = True
    infrastructure = True


class StorageRefused(LecternError):
    """The object storage refused: {0}"""

    code = "storage_refused"
    advice = "Check the storage's keys and rights, and whether it is full."
