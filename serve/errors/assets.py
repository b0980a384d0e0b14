"""Portraits, voices and slides, and whose consent they have."""

from serve.errors.base import ApiError, FieldError


class AssetNotFound(ApiError):
    """You have no asset with this id."""

    code = "asset_not_found"


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
