"""What each route may answer instead of a success: by what it is made of, and by its name.

The description of the interface is made from this; tests hold every refusal they see against it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from fastapi.dependencies.models import Dependant

from pipeline import errors as lesson
from pipeline.errors import LecternError
from serve import deps, errors, idempotency
from serve.access import SESSION, Scope
from serve.csrf import refuse_cross_site
from serve.rates import unmetered

Refusal = type[LecternError]
Refusals = tuple[Refusal, ...]

EVERYWHERE: Refusals = (
    errors.AddressTooLong,
    errors.HeadersTooLarge,
    errors.BodyTooLarge,
    errors.RequestInvalid,
)
WITH_BODY: Refusals = (
    errors.BodyMalformed,
    errors.BodyTooNested,
    errors.MediaTypeRefused,
)
BY_PART: Mapping[Callable[..., Any], Refusals] = {
    deps.known_caller: (errors.NotSignedIn, errors.TokenRefused),
    deps.own_job: (errors.JobNotFound,),
    deps.own_asset: (errors.AssetNotFound,),
    deps.own_webhook: (errors.WebhookNotFound,),
    deps.own_batch: (errors.BatchNotFound,),
    deps.own_draft: (errors.DraftNotFound,),
    refuse_cross_site: (errors.CrossSiteRefused,),
    idempotency.once: (
        errors.IdempotencyMismatch,
        errors.IdempotencyInProgress,
        errors.IdempotencyAnswerLost,
    ),
    idempotency.once_from_here: (
        errors.IdempotencyMismatch,
        errors.IdempotencyInProgress,
        errors.IdempotencyAnswerLost,
    ),
}
"""What a dependency refuses, for every route that has it."""
LESSON_QUOTAS: Refusals = (
    errors.JobQuotaReached,
    errors.VideoQuotaReached,
    errors.StorageQuotaReached,
)
FILES: Refusals = (
    lesson.PictureUnreadable,
    lesson.PictureSizeRefused,
    lesson.NoFaceFound,
    lesson.SeveralFacesFound,
    lesson.FaceTooSmall,
    lesson.FaceTilted,
    lesson.SoundUnreadable,
    lesson.VoiceLengthRefused,
    lesson.VoiceSilent,
    lesson.VoiceClipped,
    lesson.ScriptUnreadable,
    lesson.ScriptTooLong,
    lesson.NothingToSay,
    lesson.PauseTooLong,
)
SPOKEN: Refusals = (
    lesson.ConsentNotHeard,
    lesson.ConsentVoiceDiffers,
    lesson.SoundUnreadable,
    lesson.VoiceLengthRefused,
    lesson.VoiceSilent,
    lesson.VoiceClipped,
)
"""What a recording of a spoken consent may be refused for."""
ENGINES: Refusals = (lesson.EngineUnavailable, lesson.EngineFailed, lesson.InfrastructureLost)
COURSES: Refusals = (
    errors.LessonsUnfinished,
    errors.CourseTooLarge,
    lesson.SchemasMissing,
    lesson.StorageUnavailable,
)
BY_ROUTE: Mapping[str, Refusals] = {
    "register": (errors.AccountTaken, errors.PasswordTooCommon, errors.TooManyAttempts),
    "login": (errors.CredentialsRefused, errors.TooManyAttempts),
    "refresh": (errors.RefreshRefused, errors.CrossSiteRefused),
    "updateMe": (errors.AccountTaken,),
    "changePassword": (errors.PasswordWrong, errors.PasswordTooCommon, errors.TooManyAttempts),
    "endSession": (errors.SessionNotFound,),
    "createKey": (errors.TooManyKeys, errors.NotAllowed),
    "revokeKey": (errors.KeyNotFound,),
    "createAsset": (*FILES, errors.StorageQuotaReached, lesson.StorageUnavailable),
    "announceUpload": (errors.StorageQuotaReached,),
    "confirmUpload": (errors.UploadMissing, lesson.StorageUnavailable),
    "deleteAsset": (errors.AssetInUse, lesson.StorageUnavailable),
    "downloadAsset": (errors.AssetNotReady,),
    "recordConsent": (errors.ConsentNotNeeded,),
    "revokeConsent": (errors.ConsentNotFound,),
    "deleteMade": (errors.AssetInUse, lesson.StorageUnavailable),
    "askConsentPhrase": (
        errors.ConsentNotSpeakable,
        errors.ConsentNotProvable,
        errors.AssetNotReady,
    ),
    "speakConsent": (
        errors.ConsentPhraseNotFound,
        errors.ConsentNotProvable,
        *SPOKEN,
        lesson.StorageUnavailable,
    ),
    "vouchForConsent": (errors.ConsentNotFound, errors.ConsentNotProvable),
    "readConsentRecording": (errors.ConsentNotFound,),
    "writeScript": (*ENGINES, lesson.PromptUnanswered, lesson.PromptTooLong, lesson.StepTimedOut),
    "draftQuiz": (*ENGINES, lesson.QuizUnanswered, lesson.PromptTooLong, lesson.StepTimedOut),
    "takeSlides": (
        errors.OfficeMissing,
        errors.StorageQuotaReached,
        lesson.SlidesUnreadable,
        lesson.SlidesTooMany,
        lesson.SlidesUndrawable,
        lesson.StorageUnavailable,
    ),
    "estimateScript": (lesson.NothingToSay, lesson.PauseTooLong),
    "createJob": (*ENGINES, lesson.SchemasMissing, *LESSON_QUOTAS),
    "retryJob": (errors.JobNotRetryable, *LESSON_QUOTAS),
    "remakeJob": (
        *ENGINES,
        lesson.SchemasMissing,
        *LESSON_QUOTAS,
        lesson.StorageUnavailable,
    ),
    "cancelJob": (errors.JobFinished,),
    "deleteJob": (errors.JobNotFinished, lesson.StorageUnavailable),
    "streamJob": (lesson.StorageUnavailable,),
    "readExport": (errors.ExportNotFound,),
    "readEmbed": (errors.EmbedNotFound,),
    "createEmbed": (errors.NotEmbeddable,),
    "revokeEmbed": (errors.EmbedNotFound,),
    "createDraft": (errors.TooManyDrafts,),
    "updateDraft": (errors.DraftChanged, errors.VersionNeeded),
    "deleteDraft": (errors.DraftChanged,),
    "createBatch": (errors.BatchRefused, *ENGINES, *LESSON_QUOTAS),
    "cancelBatch": (errors.BatchFinished,),
    "retryBatch": (errors.BatchNotRetryable, *LESSON_QUOTAS),
    "downloadArchive": (lesson.StorageUnavailable,),
    "downloadCourse": (errors.JobNotFound, *COURSES),
    "downloadBatchCourse": COURSES,
    "createWebhook": (errors.TooManyWebhooks,),
    "testWebhook": (errors.WebhookDisabled,),
    "readDelivery": (errors.DeliveryNotFound,),
    "redeliver": (errors.DeliveryNotFound, errors.DeliveryUnderWay, errors.WebhookDisabled),
    "readUser": (errors.UserNotFound,),
    "readUserUsage": (errors.UserNotFound,),
    "updateUser": (errors.UserNotFound, errors.LastAdmin),
    "resetPassword": (errors.UserNotFound,),
    "checkProvenance": (lesson.SoundUnreadable,),
    "ready": (errors.StudioNotReady,),
}
"""What a route refuses by itself."""


def refusals(dependant: Dependant, operation: str, *, has_body: bool) -> set[Refusal]:
    """All that the route of this operation may answer instead of a success."""
    parts = list(_parts(dependant))
    calls = {part.call for part in parts}
    found = {*EVERYWHERE, *BY_ROUTE.get(operation, ())}
    if has_body:
        found |= {*WITH_BODY}
    if unmetered not in calls:
        found |= {errors.RateExceeded, lesson.DatabaseUnavailable}
    for call in calls & BY_PART.keys():
        found |= {*BY_PART[call]}  # type: ignore[index]
    for part in parts:
        found |= {*_by_scopes(part.own_oauth_scopes or ())}
    return found


def _by_scopes(scopes: Any) -> Iterator[Refusal]:
    for scope in scopes:
        if scope == SESSION:
            yield errors.SessionNeeded
        elif scope in {*Scope}:
            yield errors.ScopeMissing
        elif scope.startswith("role:"):
            yield errors.NotAllowed


def _parts(dependant: Dependant) -> Iterator[Dependant]:
    """All that a route depends on."""
    for part in dependant.dependencies:
        yield part
        yield from _parts(part)
