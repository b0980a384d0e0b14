"""Portraits, recordings and slides that are sent."""

from pipeline.errors.base import LessonError


class UploadDiffers(LessonError):
    """The file that arrived is not the one announced: {0}"""

    code = "upload_differs"
    advice = "Announce the file anew, with the size and SHA-256 of what is sent."
    lasting = True


class PictureUnreadable(LessonError):
    """The picture cannot be read: {0}"""

    code = "picture_unreadable"
    advice = "Send a JPEG, PNG or WebP picture that opens in other programs."
    lasting = True


class PictureSizeRefused(LessonError):
    """The picture is {0} × {1} pixels; each side must have between {2} and {3}."""

    code = "picture_size"
    advice = "Scale or crop the picture."
    lasting = True


class NoFaceFound(LessonError):
    """The portrait shows no face we can animate."""

    code = "no_face"
    advice = "Use a picture in which one face looks towards the camera, well lit and uncovered."
    lasting = True


class SeveralFacesFound(LessonError):
    """The portrait shows {0} faces; there must be exactly one."""

    code = "several_faces"
    advice = "Crop the picture to the person who speaks."
    lasting = True


class FaceTooSmall(LessonError):
    """The face measures {0} pixels; it needs at least {1}."""

    code = "face_too_small"
    advice = "Use a closer or larger picture."
    lasting = True


class FaceTilted(LessonError):
    """The face is tilted by {0}°; at most {1}° can be animated."""

    code = "face_tilted"
    advice = "Use a picture in which the head is upright and looks towards the camera."
    lasting = True


class SoundUnreadable(LessonError):
    """The recording cannot be read: {0}"""

    code = "sound_unreadable"
    advice = "Send a WAV, MP3, FLAC, OGG, WebM or M4A recording that plays in other programs."
    lasting = True


class VoiceLengthRefused(LessonError):
    """The recording holds {0} seconds; it must hold between {1} and {2}."""

    code = "voice_length"
    advice = "Record 10 to 30 seconds of clear speech."
    lasting = True


class VoiceSilent(LessonError):
    """The recording is silent or holds hardly any speech."""

    code = "voice_silent"
    advice = "Record again, closer to the microphone."
    lasting = True


class VoiceClipped(LessonError):
    """The recording is overdriven: {0} % of it is clipped."""

    code = "voice_clipped"
    advice = "Record again with a lower input level."
    lasting = True


class ConsentNotHeard(LessonError):
    """The statement was not heard: {0} of its {1} words, where at least four are needed."""

    code = "consent_not_heard"
    advice = "Ask for a new phrase, and read it aloud as it stands, slowly and without noise."
    lasting = True


class ConsentVoiceDiffers(LessonError):
    """The statement was spoken by another voice than the one in the recording."""

    code = "consent_voice_differs"
    advice = "Whoever is heard in the recording has to speak it, without others and without music."
    lasting = True


class SlidesUnreadable(LessonError):
    """The presentation cannot be opened: {0}."""

    code = "slides_unreadable"
    advice = "Send a PowerPoint file (.pptx) without a password."
    lasting = True


class SlidesTooMany(LessonError):
    """The presentation has {0} slides; at most {1} can be taken."""

    code = "slides_too_many"
    advice = "Split the presentation."
    lasting = True


class SlidesUndrawable(LessonError):
    """The slides could not be drawn: {0}."""

    code = "slides_undrawable"
    advice = "Export the presentation as PDF or pictures, and send these as slides."
