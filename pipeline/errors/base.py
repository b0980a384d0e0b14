"""The root of the tree."""


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
