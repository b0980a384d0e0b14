"""The root of the tree."""

from collections.abc import Iterator


class LecternError(Exception):
    """Something went wrong in the studio."""

    code = "internal"
    advice = "Try again; if it happens again, tell the operator."
    retryable = False
    infrastructure = False
    lasting = False

    def __str__(self) -> str:
        return (type(self).__doc__ or "").strip().format(*self.args)


class LessonError(LecternError):
    """The lesson cannot be made."""

    code = "lesson_failed"


def retry_helps(code: str) -> bool:
    """Whether a lesson that failed with this code may succeed as it is; yes for an unknown one."""
    return all(not kind.lasting for kind in _kinds(LecternError) if kind.code == code)


def _kinds(of: type[LecternError]) -> Iterator[type[LecternError]]:
    yield of
    for kind in of.__subclasses__():
        yield from _kinds(kind)
