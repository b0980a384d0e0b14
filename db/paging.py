"""Lists, a page at a time. Ids grow with time, so the last one seen is place enough."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session as Transaction

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Newest first. ``next_cursor`` is None on the last page; ``total`` counts all pages."""

    items: list[Row]
    next_cursor: UUID | None
    total: int


def page_of(
    db: Transaction,
    matching: Select[Row],
    by: InstrumentedAttribute[UUID],
    *,
    cursor: UUID | None,
    limit: int,
) -> Page[Row]:
    """The rows of ``matching`` that follow ``cursor``; ``by`` is their id."""
    total = db.scalar(select(func.count()).select_from(matching.subquery())) or 0
    rest = matching if cursor is None else matching.where(by < cursor)
    found = list(db.scalars(rest.order_by(by.desc()).limit(limit + 1)))
    more = len(found) > limit
    return Page(found[:limit], getattr(found[limit - 1], by.key) if more else None, total)
