"""The services of one machine."""

from pipeline.errors.base import LecternError


class ServiceFailed(LecternError):
    """The service “{0}” did not start: {1}"""

    code = "service_failed"
    advice = "See its log in the data folder, under `logs`."


class HomeInUse(LecternError):
    """A studio is already running in {0}."""

    code = "home_in_use"
    advice = "Stop that one first, or set LECTERN_HOME to another folder."
