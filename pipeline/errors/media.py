"""Clips and what is made of them."""

from pipeline.errors.base import LessonError


class ClipLengthWrong(LessonError):
    """A clip has {0} pictures where its sound needs {1}."""

    code = "clip_length"
    advice = "Retry the lesson; if it happens again, tell the operator which engine drew it."
    retryable = True


class ClipsDiffer(LessonError):
    """The clips of the lesson were encoded differently, so they cannot be joined: {0}"""

    code = "clips_differ"
    advice = "Make the lesson again with one video engine for all its scenes."
    lasting = True


class CaptionsNotDrawable(LessonError):
    """The captions cannot be drawn into the picture: no font here has the letters {0}"""

    code = "captions_not_drawable"
    advice = (
        "Leave the captions out of the picture (`burn_in`): players show them in any case. For"
        " Chinese, Japanese and Korean an operator can install the font Noto Sans CJK."
    )
    lasting = True


class PackageTooLarge(LessonError):
    """{0} would be larger than the 2 GiB that learning platforms can read."""

    code = "package_too_large"
    advice = "Split the lesson, or choose a smaller picture."
    lasting = True


class SchemasMissing(LessonError):
    """The schema files that packages for learning platforms hold are not on this machine."""

    code = "schemas_missing"
    advice = "Run `make schemas` where the studio is installed, or ask for no SCORM package."
