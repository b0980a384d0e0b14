"""What all bodies and answers have in common."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    StringConstraints,
)

from pipeline.spec import without_nul

Item = TypeVar("Item")

RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


A_DAY = timedelta(days=1)


def in_rfc3339(value: object) -> object:
    """Neither seconds since 1970, nor a date without a time, nor a time without its zone."""
    if isinstance(value, datetime) or (isinstance(value, str) and RFC3339.fullmatch(value)):
        return value
    raise ValueError("must be a time as RFC 3339 writes it, such as 2030-01-01T00:00:00Z")


def in_utc(time: datetime) -> datetime:
    """A database knows no zones of more than 16 hours, and neither it nor we years beyond 9999:
    also not where its clock, by which it tells what it keeps, is a day ahead."""
    try:
        told = time.astimezone(UTC)
        _ = told - A_DAY, told + A_DAY
    except OverflowError as error:
        raise ValueError("must be in the years 1 to 9999") from error
    return told


Time = Annotated[datetime, AfterValidator(lambda time: time.astimezone(UTC))]
"""RFC 3339 in UTC, whatever zone the database speaks."""
Moment = Annotated[AwareDatetime, BeforeValidator(in_rfc3339), AfterValidator(in_utc)]
"""A time that is sent to us."""
Username = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9_-]+$", min_length=3, max_length=32),
    BeforeValidator(lambda name: name.strip().lower() if isinstance(name, str) else name),
]
Password = Annotated[
    str, StringConstraints(min_length=8, max_length=128), AfterValidator(without_nul)
]
Search = Annotated[str, StringConstraints(max_length=200), AfterValidator(without_nul)]


class Body(BaseModel):
    """A field that is not known is refused: it is a typing error more often than not."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Page(Answer, Generic[Item]):
    """``next_cursor`` is null on the last page."""

    items: list[Item]
    next_cursor: UUID | None
    total: int | None = None


class FieldProblem(Answer):
    field: str
    code: str
    message: str


class QuotaProblem(Answer):
    """Which quota, how much would be used, and when some of it comes back."""

    name: str
    used: float
    limit: float
    resets_at: Time | None


class Problem(Answer):
    """RFC 9457. ``code`` is stable; ``advice`` says what to do next."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    advice: str | None = None
    errors: list[FieldProblem] | None = None
    quota: QuotaProblem | None = None
    request_id: str
