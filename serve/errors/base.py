"""What every refusal is."""

from dataclasses import dataclass

from pipeline.errors import LecternError


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
