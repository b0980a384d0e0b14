"""The settings of a command, or a sentence on what is wrong with them."""

from collections.abc import Sequence

from pydantic import ValidationError
from pydantic_settings import SettingsError

from pipeline.errors import LecternError
from serve.settings import Settings


class SettingsWrong(LecternError):
    """The settings cannot be used: {0}."""

    code = "settings_wrong"
    advice = "They stand in the environment or in .env; .env.example lists them."


def configured() -> Settings:
    """As the environment has them. Raises SettingsWrong, which shows no value: it may be secret."""
    try:
        return Settings()
    except ValidationError as error:
        faults = error.errors(include_input=False, include_url=False)
        told = "; ".join(_told(fault["loc"], fault["msg"]) for fault in faults)
        raise SettingsWrong(told) from None
    except SettingsError as error:
        raise SettingsWrong(error) from None


def _told(place: Sequence[int | str], message: str) -> str:
    """A fault of one setting by its name; one of several together names them itself."""
    reason = message.removeprefix("Value error, ")
    if not place:
        return reason
    name = str(place[0])
    return f"{name if name.isupper() else f'LECTERN_{name.upper()}'}: {reason}"
