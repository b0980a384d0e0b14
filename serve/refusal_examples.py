"""An error of each kind that has details, as it might be met; for the description."""

from collections.abc import Mapping

from pipeline import errors as lesson
from pipeline.errors import LecternError
from serve import errors

EXAMPLES: Mapping[type[LecternError], LecternError] = {
    type(example): example
    for example in (
        errors.NotAllowed("viewer"),
        errors.ScopeMissing("lessons:write"),
        errors.TooManyAttempts(8),
        errors.RateExceeded(3),
        errors.TooManyKeys(100),
        errors.MethodNotAllowed("PUT"),
        errors.TooManyDrafts(100),
        errors.DraftChanged(4),
        errors.BatchRefused(
            1,
            500,
            errors.FieldError("items.16.portrait_id", "missing", "Field required"),
        ),
        errors.RangeRefused(1048576),
        errors.TooManyWebhooks(20),
        errors.ExportNotFound("lesson.mp4"),
        errors.AssetInUse(
            1,
            errors.FieldError("jobs.0", "job_unfinished", "01980000-0000-7000-8000-000000000007"),
        ),
        errors.AssetNotReady("pending"),
        errors.LessonsUnfinished(
            1,
            errors.FieldError("lessons.2", "not_finished", "01980000-0000-7000-8000-000000000007"),
        ),
        errors.ConsentNotNeeded("slide"),
        errors.ConsentNotSpeakable("portrait"),
        errors.JobNotFinished("running"),
        errors.JobFinished("succeeded"),
        errors.JobNotRetryable("running"),
        errors.AddressTooLong(8192),
        errors.HeadersTooLarge(32768),
        errors.BodyTooLarge(2097152),
        errors.BodyMalformed("it is not valid JSON"),
        errors.BodyTooNested(32),
        errors.MediaTypeRefused("application/json"),
        errors.RequestInvalid(errors.FieldError("scenes.0.narration", "missing", "Field required")),
        errors.StudioNotReady(errors.FieldError("storage", "not_ready", "It does not answer.")),
        errors.JobQuotaReached(errors.QuotaState("jobs", 201, 200)),
        errors.VideoQuotaReached(errors.QuotaState("video_minutes", 61.5, 60)),
        errors.StorageQuotaReached(errors.QuotaState("storage_bytes", 5.1e9, 5e9)),
        lesson.EngineUnavailable("zonos", "its weights are not here."),
        lesson.EngineFailed("composer", "its process ended."),
        lesson.StorageUnavailable("it takes no connections."),
        lesson.InfrastructureLost("a replica ended."),
        lesson.StepTimedOut("script", 120),
        lesson.NothingToSay("The narration"),
        lesson.PauseTooLong("90", "10"),
        lesson.PromptTooLong(9000, 7000),
        lesson.ConsentNotHeard(2, 6),
        lesson.SlidesUnreadable("it is damaged"),
        lesson.SlidesTooMany(340, 200),
        lesson.SlidesUndrawable("LibreOffice took too long"),
        lesson.PictureUnreadable("it breaks off."),
        lesson.PictureSizeRefused(90, 90, 256, 8192),
        lesson.SeveralFacesFound(2),
        lesson.FaceTooSmall(60, 96),
        lesson.FaceTilted(50, 35),
        lesson.SoundUnreadable("it breaks off."),
        lesson.VoiceLengthRefused("1.2", 3, 120),
        lesson.VoiceClipped("8"),
        lesson.ScriptUnreadable("it is not text in UTF-8"),
        lesson.ScriptTooLong(120000, 100000),
    )
}


def example(refusal: type[LecternError]) -> LecternError:
    """One of this kind, as it might be met."""
    return EXAMPLES.get(refusal) or refusal()
