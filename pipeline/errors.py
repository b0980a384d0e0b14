"""Everything that can go wrong with a lesson, in one tree.

The docstring of a class is the sentence its reader sees; ``{0}``, ``{1}`` … in it stand for the
arguments. All arguments go to ``Exception.__init__``, so that an error survives the way between
processes. ``code`` is stable and documented, ``advice`` says what to do next, ``retryable`` says
whether the same work may succeed when it is done again, and ``infrastructure`` that the work itself
is not to blame: such a loss does not count as one of its attempts.
"""


class LecternError(Exception):
    """Something went wrong in the studio."""

    code = "internal"
    advice = "Try again; if it happens again, tell the operator."
    retryable = False
    infrastructure = False

    def __str__(self) -> str:
        return (type(self).__doc__ or "").strip().format(*self.args)


class LessonError(LecternError):
    """The lesson cannot be made."""

    code = "lesson_failed"


# --- engines ---------------------------------------------------------------------------------


class EngineUnavailable(LessonError):
    """The engine “{0}” cannot run here: {1}"""

    code = "engine_unavailable"
    advice = "Choose “auto”, or give the engine what it lacks (see `lectern doctor`)."


class EngineFailed(LessonError):
    """The engine “{0}” stopped: {1}"""

    code = "engine_failed"
    advice = "Retry the lesson; what is done is kept."
    retryable = True


class DeviceMemoryFull(LessonError):
    """The engine “{0}” found no room left in its device's memory."""

    code = "device_memory_full"
    advice = "Retry the lesson; if it happens again, let fewer replicas share a GPU."
    retryable = True


class SigningFailed(LessonError):
    """The lesson's content credentials could not be signed: {0}"""

    code = "signing_failed"
    advice = "Retry; if it happens again, the operator should look at certificate, key and disk."
    retryable = True


class CertificateMissing(LecternError):
    """There is no certificate in {0}."""

    code = "certificate_missing"
    advice = "Start the studio once with `lectern up`, or name a root that you trust."


class InfrastructureLost(LessonError):
    """A machine or process that was working on the lesson went away: {0}"""

    code = "infrastructure_lost"
    advice = "Nothing to do: the work goes on by itself."
    retryable = True
    infrastructure = True


class StepTimedOut(LessonError):
    """The step “{0}” made no progress for {1} seconds."""

    code = "step_timed_out"
    advice = "Retry the lesson; what is done is kept."
    retryable = True


# --- model files -----------------------------------------------------------------------------


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


# --- words -----------------------------------------------------------------------------------


class NothingToSay(LessonError):
    """{0} holds no words that can be spoken."""

    code = "nothing_to_say"
    advice = "Write at least one word of narration in every scene."


class PauseTooLong(LessonError):
    """A pause of {0} seconds is longer than the {1} seconds allowed."""

    code = "pause_too_long"
    advice = "Shorten the pause, or split the scene."


class ScriptUnreadable(LessonError):
    """The script cannot be read: {0}"""

    code = "script_unreadable"
    advice = "Send plain text or Markdown in UTF-8."


class ScriptTooLong(LessonError):
    """The script has {0} characters; at most {1} are taken."""

    code = "script_too_long"
    advice = "Split it into several lessons."


class PromptUnanswered(LessonError):
    """The language model gave no usable script for this prompt."""

    code = "script_empty"
    advice = "Say more about the lesson, or give notes or a script of your own."
    retryable = True


class QuizUnanswered(LessonError):
    """Nothing that these scenes say could be made into a question."""

    code = "quiz_empty"
    advice = "Write the questions yourself, or let the scenes say more."


class PromptTooLong(LessonError):
    """The prompt and its notes come to {0} tokens; the language model reads at most {1}."""

    code = "prompt_too_long"
    advice = "Shorten the prompt or the notes, or choose another script engine."


class LanguageUnsupported(LessonError):
    """The engine “{0}” does not speak “{1}”; it speaks {2}."""

    code = "language_unsupported"
    advice = "Choose one of these languages, or another engine."


class PassageTooLong(LessonError):
    """The engine “{0}” has no room to speak so long a passage at once: {1}"""

    code = "passage_too_long"
    advice = "Split the sentence, or ask the operator for more positions an utterance."


class SpeechUnusable(LessonError):
    """The engine “{0}” spoke a passage {1} times, each unusable, at last because {2}: “{3}”"""

    # not retryable: the seeds of the tries follow from the lesson's, and would come out the same
    code = "speech_unusable"
    advice = "Choose another seed or voice sample, or reword the passage."


# --- uploads ---------------------------------------------------------------------------------


class UploadDiffers(LessonError):
    """The file that arrived is not the one announced: {0}"""

    code = "upload_differs"
    advice = "Announce the file anew, with the size and SHA-256 of what is sent."


# --- pictures --------------------------------------------------------------------------------


class PictureUnreadable(LessonError):
    """The picture cannot be read: {0}"""

    code = "picture_unreadable"
    advice = "Send a JPEG, PNG or WebP picture that opens in other programs."


class PictureSizeRefused(LessonError):
    """The picture is {0} × {1} pixels; each side must have between {2} and {3}."""

    code = "picture_size"
    advice = "Scale or crop the picture."


class NoFaceFound(LessonError):
    """The portrait shows no face we can animate."""

    code = "no_face"
    advice = "Use a picture in which one face looks towards the camera, well lit and uncovered."


class SeveralFacesFound(LessonError):
    """The portrait shows {0} faces; there must be exactly one."""

    code = "several_faces"
    advice = "Crop the picture to the person who speaks."


class FaceTooSmall(LessonError):
    """The face measures {0} pixels; it needs at least {1}."""

    code = "face_too_small"
    advice = "Use a closer or larger picture."


class FaceTilted(LessonError):
    """The face is tilted by {0}°; at most {1}° can be animated."""

    code = "face_tilted"
    advice = "Use a picture in which the head is upright and looks towards the camera."


# --- sound -----------------------------------------------------------------------------------


class SoundUnreadable(LessonError):
    """The recording cannot be read: {0}"""

    code = "sound_unreadable"
    advice = "Send a WAV, MP3, FLAC, OGG, WebM or M4A recording that plays in other programs."


class VoiceLengthRefused(LessonError):
    """The recording holds {0} seconds; it must hold between {1} and {2}."""

    code = "voice_length"
    advice = "Record 10 to 30 seconds of clear speech."


class VoiceSilent(LessonError):
    """The recording is silent or holds hardly any speech."""

    code = "voice_silent"
    advice = "Record again, closer to the microphone."


class VoiceClipped(LessonError):
    """The recording is overdriven: {0} % of it is clipped."""

    code = "voice_clipped"
    advice = "Record again with a lower input level."


class ConsentNotHeard(LessonError):
    """The statement was not heard: {0} of its {1} words, where at least four are needed."""

    code = "consent_not_heard"
    advice = "Ask for a new phrase, and read it aloud as it stands, slowly and without noise."


class ConsentVoiceDiffers(LessonError):
    """The statement was spoken by another voice than the one in the recording."""

    code = "consent_voice_differs"
    advice = "Whoever is heard in the recording has to speak it, without others and without music."


class SlidesUnreadable(LessonError):
    """The presentation cannot be opened: {0}."""

    code = "slides_unreadable"
    advice = "Send a PowerPoint file (.pptx) without a password."


class SlidesTooMany(LessonError):
    """The presentation has {0} slides; at most {1} can be taken."""

    code = "slides_too_many"
    advice = "Split the presentation."


class SlidesUndrawable(LessonError):
    """The slides could not be drawn: {0}."""

    code = "slides_undrawable"
    advice = "Export the presentation as PDF or pictures, and send these as slides."


# --- media -----------------------------------------------------------------------------------


class ClipLengthWrong(LessonError):
    """A clip has {0} pictures where its sound needs {1}."""

    code = "clip_length"
    advice = "Retry the lesson; if it happens again, tell the operator which engine drew it."
    retryable = True


class ClipsDiffer(LessonError):
    """The clips of the lesson were encoded differently, so they cannot be joined: {0}"""

    code = "clips_differ"
    advice = "Make the lesson again with one video engine for all its scenes."


class CaptionsNotDrawable(LessonError):
    """The captions cannot be drawn into the picture: the font here has no letters for {0}"""

    code = "captions_not_drawable"
    advice = "Turn `burn_in` off (the captions are a soft track in any case), or change the words."


class PackageTooLarge(LessonError):
    """{0} would be larger than the 2 GiB that learning platforms can read."""

    code = "package_too_large"
    advice = "Split the lesson, or choose a smaller picture."


class SchemasMissing(LessonError):
    """The schema files that packages for learning platforms hold are not on this machine."""

    code = "schemas_missing"
    advice = "Run `make schemas` where the studio is installed, then retry the lesson."


# --- the job ---------------------------------------------------------------------------------


class StepBroke(LessonError):
    """The step “{0}” met a fault of the studio ({1})."""

    code = "internal"
    advice = "Retry the lesson; if it happens again, tell the operator."
    retryable = True


class WorkersLost(LessonError):
    """The lesson was begun {0} times, and each time its worker went away."""

    code = "workers_lost"
    advice = "Ask the operator what ends the workers, then retry; what is done is kept."


class AssetGone(LessonError):
    """The {0} of this lesson is no longer there."""

    code = "asset_gone"
    advice = "Make the lesson again with another one."


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


# --- sending to others -------------------------------------------------------------------------


class OutboundError(LecternError):
    """Nothing could be sent."""

    code = "not_sent"
    retryable = True


class AddressRefused(OutboundError):
    """The studio does not send to this address: {0}."""

    code = "address_refused"
    advice = "Give a public address that begins with https://, or ask the operator to allow it."


class ReceiverUnreachable(OutboundError):
    """The receiver cannot be reached: {0}"""

    code = "receiver_unreachable"
    advice = "Check its name, its certificate, and that it is up."


class ReceiverTooSlow(OutboundError):
    """The receiver did not answer within {0:g} seconds."""

    code = "receiver_too_slow"
    advice = "Answer first, and work afterwards."


class AnswerBrokeOff(OutboundError):
    """The receiver's answer broke off: {0}"""

    code = "answer_broke_off"
    advice = "Answer with a status and a short body."


class RedirectRefused(OutboundError):
    """The receiver answered {0}, which leads to another address; that is not followed."""

    code = "redirect_refused"
    advice = "Give the address that it leads to."


class ReceiverRefused(OutboundError):
    """The receiver answered {0}."""

    code = "receiver_refused"
    advice = "See what it says, and mend it; then redeliver."


class ReceiverGone(OutboundError):
    """The receiver answered 410: it wants no more."""

    code = "receiver_gone"
    advice = "Enable the webhook again when the receiver is back."
    retryable = False


class SecretUnreadable(OutboundError):
    """The secret of this webhook cannot be read any more: the studio's own secret was replaced."""

    code = "secret_unreadable"
    advice = "Rotate the secret of the webhook."


# --- the services of one machine ---------------------------------------------------------------


class ServiceFailed(LecternError):
    """The service “{0}” did not start: {1}"""

    code = "service_failed"
    advice = "See its log in the data folder, under `logs`."


class HomeInUse(LecternError):
    """A studio is already running in {0}."""

    code = "home_in_use"
    advice = "Stop that one first, or set LECTERN_HOME to another folder."
