"""What the HTTP interface refuses, and with which status: the one place that knows both.

Every answer that is not a success is ``application/problem+json`` (RFC 9457); ``code`` is stable.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from math import ceil

import structlog

from pipeline.errors import (
    DatabaseUnavailable,
    EngineFailed,
    InfrastructureLost,
    LecternError,
    LessonError,
    StepTimedOut,
    StorageUnavailable,
)

log = structlog.get_logger("lectern.http")

PROBLEM_JSON = "application/problem+json"
RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with a request; ``field`` is the path to it: ``scenes.0.narration``."""

    field: str
    code: str
    message: str


class ApiError(LecternError):
    """The request cannot be answered."""

    code = "refused"
    advice = ""


# --- who is asking ---------------------------------------------------------------------------


class NotSignedIn(ApiError):
    """This needs an access token."""

    code = "not_signed_in"
    advice = "Sign in, and send the access token as “Authorization: Bearer …”."


class TokenRefused(ApiError):
    """The access token is not valid, or no longer."""

    code = "token_refused"
    advice = "Refresh the session, or sign in again."


class CredentialsRefused(ApiError):
    """The name or the password is wrong."""

    code = "credentials_refused"
    advice = "Check both; upper and lower case count in the password."


class RefreshRefused(ApiError):
    """The refresh token is not valid, or no longer."""

    code = "refresh_refused"
    advice = "Sign in again."


class NotAllowed(ApiError):
    """Your role, {0}, does not allow this."""

    code = "not_allowed"
    advice = "Ask an administrator."


class ScopeMissing(ApiError):
    """This API key does not reach as far as “{0}”."""

    code = "scope_missing"
    advice = "Make a key with this scope."


class SessionNeeded(ApiError):
    """An API key cannot do this."""

    code = "session_needed"
    advice = "Sign in with a password."


class AccountTaken(ApiError):
    """An account with this email address or username is there already."""

    code = "account_taken"
    advice = "Sign in, or choose another name."


class PasswordWrong(ApiError):
    """The old password is wrong."""

    code = "password_wrong"


class TooManyAttempts(ApiError):
    """There were too many attempts; the next one can be made in {0} seconds."""

    code = "too_many_attempts"
    advice = "Wait, or sign in from where you have signed in before."

    def __init__(self, seconds: float) -> None:
        super().__init__(ceil(seconds))
        self.retry_seconds = ceil(seconds)


class RateExceeded(ApiError):
    """There were too many requests; the next one can be made in {0} seconds."""

    code = "rate_exceeded"
    advice = "Wait for as long as Retry-After says; RateLimit in each answer says what is left."

    def __init__(self, seconds: float) -> None:
        super().__init__(ceil(seconds))
        self.retry_seconds = ceil(seconds)


class CrossSiteRefused(ApiError):
    """This can only be asked for by a page of the studio itself."""

    code = "cross_site_refused"
    advice = "Send the header Lectern-CSRF, or the token in the body instead of the cookie."


class SessionNotFound(ApiError):
    """You have no session with this id."""

    code = "session_not_found"


class KeyNotFound(ApiError):
    """You have no API key with this id."""

    code = "key_not_found"


class TooManyKeys(ApiError):
    """You have {0} API keys that work, and can have no more."""

    code = "too_many_keys"
    advice = "Revoke one that is not used."


class UserNotFound(ApiError):
    """There is no user with this id."""

    code = "user_not_found"


class LastAdmin(ApiError):
    """There would be no administrator left."""

    code = "last_admin"
    advice = "Make somebody else an administrator first."


class PasswordTooCommon(ApiError):
    """This password is too easily guessed."""

    code = "password_too_common"
    advice = "Use several unrelated words, or let a password manager choose."


# --- what is asked for -----------------------------------------------------------------------


class RouteNotFound(ApiError):
    """There is nothing at this address."""

    code = "route_not_found"


class MethodNotAllowed(ApiError):
    """This address does not answer to {0}."""

    code = "method_not_allowed"


class JobNotFound(ApiError):
    """You have no job with this id."""

    code = "job_not_found"


class AssetNotFound(ApiError):
    """You have no asset with this id."""

    code = "asset_not_found"


class ExportNotFound(ApiError):
    """The job has no export “{0}”, or not yet."""

    code = "export_not_found"
    advice = "Read the job: its exports are there when it has succeeded."


class AssetInUse(ApiError):
    """The asset is used by jobs that are not finished; there are {0}."""

    code = "asset_in_use"
    advice = "Wait for these jobs, or delete with `?force=true`, which cancels them."

    def __init__(self, count: int, *errors: FieldError) -> None:
        super().__init__(count, *errors)
        self.errors = errors


class AssetNotReady(ApiError):
    """The asset is {0}; this needs a ready one."""

    code = "asset_not_ready"
    advice = "Confirm the upload; if its check failed, upload another file."


class UploadMissing(ApiError):
    """Nothing has arrived for this asset yet."""

    code = "upload_missing"
    advice = "Send the file to the address that came with the asset, then confirm again."


class ConsentNotNeeded(ApiError):
    """A {0} shows nobody and sounds like nobody."""

    code = "consent_not_needed"
    advice = "Consent is recorded for portraits and voices."


class WebhookNotFound(ApiError):
    """You have no webhook with this id."""

    code = "webhook_not_found"


class DeliveryNotFound(ApiError):
    """The webhook has no delivery with this id, or no longer."""

    code = "delivery_not_found"


class TooManyWebhooks(ApiError):
    """You have {0} webhooks, and can have no more."""

    code = "too_many_webhooks"
    advice = "Delete one that is not used."


class WebhookDisabled(ApiError):
    """The webhook is disabled."""

    code = "webhook_disabled"
    advice = "Enable it first."


class DeliveryUnderWay(ApiError):
    """The delivery is still being tried."""

    code = "delivery_under_way"
    advice = "Wait until it has got through or failed."


class ConsentNotFound(ApiError):
    """There is no such consent, or not any more."""

    code = "consent_not_found"


class ConsentPhraseNotFound(ApiError):
    """This phrase was spoken before, has run out, or was never asked for."""

    code = "consent_phrase_not_found"
    advice = "Ask for a new one: a phrase is good once, and for ten minutes."


class ConsentNotSpeakable(ApiError):
    """A {0} has no voice that could speak a consent."""

    code = "consent_not_speakable"
    advice = "What is spoken is compared with the recording of a voice."


class ConsentNotProvable(ApiError):
    """There is no consent here that holds and waits to be proved."""

    code = "consent_not_provable"
    advice = "Record one first; one that is verified already needs nothing more."


class OfficeMissing(ApiError):
    """This studio cannot draw slides: LibreOffice is not installed."""

    code = "office_missing"
    advice = "Ask the operator to install LibreOffice Impress; or send each slide as a picture."


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


# --- how often and how much ------------------------------------------------------------------


class IdempotencyMismatch(ApiError):
    """Something else was asked for with this Idempotency-Key before."""

    code = "idempotency_mismatch"
    advice = "Use a new key for every new request, and the same one only to repeat it."


class IdempotencyInProgress(ApiError):
    """The first request with this Idempotency-Key is still being worked at."""

    code = "idempotency_in_progress"
    advice = "Send the same request again in a moment: it gets the first one's answer."
    retry_seconds = 2


class IdempotencyAnswerLost(ApiError):
    """The request was done before, but its answer can no longer be read."""

    code = "idempotency_answer_lost"
    advice = "Look for what was made: the studio's secrets were replaced since."


@dataclass(frozen=True, slots=True)
class QuotaState:
    """``used`` counts what is being asked for too. ``resets_at``: when some of it comes back."""

    name: str
    used: float
    limit: float
    resets_at: datetime | None = None


class QuotaReached(ApiError):
    """A quota would be exceeded."""

    code = "quota_reached"

    def __init__(self, quota: QuotaState) -> None:
        super().__init__(quota)
        self.quota = quota


class VideoQuotaReached(QuotaReached):
    """With this, {0.used:.1f} minutes of video are made this month; {0.limit:g} are allowed."""

    code = "quota_video_minutes"
    advice = "Wait for the next month, cancel what waits, or ask an administrator for more."


class StorageQuotaReached(QuotaReached):
    """With this, {0.used:.0f} bytes would be stored; {0.limit:.0f} are allowed."""

    code = "quota_storage_bytes"
    advice = "Delete lessons or assets that are not needed, or ask an administrator for more."


class JobQuotaReached(QuotaReached):
    """With this, {0.used:.0f} jobs would run or wait; {0.limit:.0f} are allowed at once."""

    code = "quota_jobs"
    advice = "Wait until some of them have ended, or ask an administrator for more."
    retry_seconds = 60


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


class RangeRefused(ApiError):
    """The file has no such part; it has {0} bytes."""

    code = "range_refused"

    def __init__(self, bytes_: int) -> None:
        super().__init__(bytes_)
        self.bytes_ = bytes_


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


# --- what is sent ----------------------------------------------------------------------------


class BodyMalformed(ApiError):
    """The body cannot be read: {0}."""

    code = "body_malformed"


class MediaTypeRefused(ApiError):
    """The body must come as {0}, and say so."""

    code = "media_type_refused"
    advice = "Send it with this Content-Type."


class BodyTooLarge(ApiError):
    """The body is larger than the {0} bytes allowed here."""

    code = "body_too_large"
    advice = "Send less at once."


class BodyTooNested(ApiError):
    """The body is nested deeper than {0} levels."""

    code = "body_too_nested"


class AddressTooLong(ApiError):
    """The address asked for is longer than {0} bytes."""

    code = "address_too_long"
    advice = "Ask for less at once, or put it into the body."


class HeadersTooLarge(ApiError):
    """The headers of the request are larger than {0} bytes."""

    code = "headers_too_large"
    advice = "Send fewer or shorter headers."


class RequestInvalid(ApiError):
    """The request is not valid."""

    code = "request_invalid"

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(*errors)
        self.errors = errors


class StudioNotReady(ApiError):
    """Part of the studio does not answer."""

    code = "not_ready"
    advice = "Try again in a moment."

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(*errors)
        self.errors = errors


STATUS: Mapping[type[LecternError], HTTPStatus] = {
    LecternError: HTTPStatus.INTERNAL_SERVER_ERROR,
    LessonError: HTTPStatus.UNPROCESSABLE_ENTITY,
    EngineFailed: HTTPStatus.SERVICE_UNAVAILABLE,
    InfrastructureLost: HTTPStatus.SERVICE_UNAVAILABLE,
    StepTimedOut: HTTPStatus.SERVICE_UNAVAILABLE,
    StorageUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    DatabaseUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    StudioNotReady: HTTPStatus.SERVICE_UNAVAILABLE,
    NotSignedIn: HTTPStatus.UNAUTHORIZED,
    TokenRefused: HTTPStatus.UNAUTHORIZED,
    CredentialsRefused: HTTPStatus.UNAUTHORIZED,
    RefreshRefused: HTTPStatus.UNAUTHORIZED,
    NotAllowed: HTTPStatus.FORBIDDEN,
    ScopeMissing: HTTPStatus.FORBIDDEN,
    SessionNeeded: HTTPStatus.FORBIDDEN,
    AccountTaken: HTTPStatus.CONFLICT,
    # not 401: the access token is good
    PasswordWrong: HTTPStatus.FORBIDDEN,
    TooManyAttempts: HTTPStatus.TOO_MANY_REQUESTS,
    RateExceeded: HTTPStatus.TOO_MANY_REQUESTS,
    IdempotencyMismatch: HTTPStatus.UNPROCESSABLE_ENTITY,
    IdempotencyInProgress: HTTPStatus.CONFLICT,
    IdempotencyAnswerLost: HTTPStatus.CONFLICT,
    QuotaReached: HTTPStatus.PAYMENT_REQUIRED,
    JobQuotaReached: HTTPStatus.TOO_MANY_REQUESTS,
    CrossSiteRefused: HTTPStatus.FORBIDDEN,
    SessionNotFound: HTTPStatus.NOT_FOUND,
    KeyNotFound: HTTPStatus.NOT_FOUND,
    TooManyKeys: HTTPStatus.CONFLICT,
    UserNotFound: HTTPStatus.NOT_FOUND,
    LastAdmin: HTTPStatus.CONFLICT,
    PasswordTooCommon: HTTPStatus.UNPROCESSABLE_ENTITY,
    RouteNotFound: HTTPStatus.NOT_FOUND,
    MethodNotAllowed: HTTPStatus.METHOD_NOT_ALLOWED,
    JobNotFound: HTTPStatus.NOT_FOUND,
    AssetNotFound: HTTPStatus.NOT_FOUND,
    ExportNotFound: HTTPStatus.NOT_FOUND,
    AssetInUse: HTTPStatus.CONFLICT,
    AssetNotReady: HTTPStatus.CONFLICT,
    UploadMissing: HTTPStatus.CONFLICT,
    ConsentNotNeeded: HTTPStatus.CONFLICT,
    ConsentNotFound: HTTPStatus.NOT_FOUND,
    ConsentPhraseNotFound: HTTPStatus.NOT_FOUND,
    ConsentNotSpeakable: HTTPStatus.CONFLICT,
    ConsentNotProvable: HTTPStatus.CONFLICT,
    OfficeMissing: HTTPStatus.CONFLICT,
    WebhookNotFound: HTTPStatus.NOT_FOUND,
    DeliveryNotFound: HTTPStatus.NOT_FOUND,
    TooManyWebhooks: HTTPStatus.CONFLICT,
    WebhookDisabled: HTTPStatus.CONFLICT,
    DeliveryUnderWay: HTTPStatus.CONFLICT,
    JobNotFinished: HTTPStatus.CONFLICT,
    JobFinished: HTTPStatus.CONFLICT,
    JobNotRetryable: HTTPStatus.CONFLICT,
    EmbedNotFound: HTTPStatus.NOT_FOUND,
    PlayerNotFound: HTTPStatus.NOT_FOUND,
    # as oEmbed has it (oembed.com, 2.3.5)
    OembedFormatUnknown: HTTPStatus.NOT_IMPLEMENTED,
    NotEmbeddable: HTTPStatus.CONFLICT,
    LessonsUnfinished: HTTPStatus.CONFLICT,
    CourseTooLarge: HTTPStatus.CONFLICT,
    RangeRefused: HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    BatchNotFound: HTTPStatus.NOT_FOUND,
    BatchFinished: HTTPStatus.CONFLICT,
    BatchNotRetryable: HTTPStatus.CONFLICT,
    BatchRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    DraftNotFound: HTTPStatus.NOT_FOUND,
    DraftChanged: HTTPStatus.PRECONDITION_FAILED,
    VersionNeeded: HTTPStatus.PRECONDITION_REQUIRED,
    TooManyDrafts: HTTPStatus.CONFLICT,
    BodyMalformed: HTTPStatus.BAD_REQUEST,
    MediaTypeRefused: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    BodyTooNested: HTTPStatus.UNPROCESSABLE_ENTITY,
    RequestInvalid: HTTPStatus.UNPROCESSABLE_ENTITY,
    AddressTooLong: HTTPStatus.REQUEST_URI_TOO_LONG,
    HeadersTooLarge: HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
}


def status_of(error: LecternError) -> HTTPStatus:
    """The status of the nearest class of ``error`` that has one."""
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)
