"""What users uploaded."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Text, and_, func, literal, or_, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.orm import Session as Transaction

from db import consents
from db.models import Asset, AssetKind, AssetStatus, ConsentState

DEAD_CHECKS_STAY = timedelta(days=1)
"""Their owner may have them checked again for so long."""


def add(db: Transaction, asset: Asset) -> Asset:
    db.add(asset)
    db.flush()
    return asset


def find(db: Transaction, owner_id: UUID, asset_id: UUID) -> Asset | None:
    return db.scalar(select(Asset).where(Asset.id == asset_id, Asset.owner_id == owner_id))


def find_many(db: Transaction, owner_id: UUID, ids: Collection[UUID]) -> dict[UUID, Asset]:
    """Those of ``ids`` that are there and this owner's."""
    rows = db.scalars(select(Asset).where(Asset.id.in_(ids), Asset.owner_id == owner_id))
    return {asset.id: asset for asset in rows}


class AssetOrder(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    NAME = "name"
    LARGEST = "largest"


@dataclass(frozen=True, slots=True)
class AssetFilter:
    """What a list is narrowed to; ``q`` is looked for in names."""

    kind: AssetKind | None = None
    status: AssetStatus | None = None
    q: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None
    consent: ConsentState | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """After which asset a page begins: its id, and what the list is sorted by."""

    asset_id: UUID
    value: str | int | None = None


@dataclass(frozen=True, slots=True)
class AssetPage:
    """``after`` is None on the last page; ``total`` counts all pages."""

    items: list[Asset]
    after: Place | None
    total: int


def page(
    db: Transaction,
    owner_id: UUID,
    wanted: AssetFilter,
    *,
    order: AssetOrder = AssetOrder.NEWEST,
    after: Place | None = None,
    limit: int = 50,
) -> AssetPage:
    matching = _filtered(select(Asset).where(Asset.owner_id == owner_id), wanted)
    total = db.scalar(select(func.count()).select_from(matching.subquery())) or 0
    rest = matching if after is None else matching.where(_follows(order, after))
    sorted_by = (column.desc() if DESCENDING[order] else column.asc() for column in _by(order))
    found = list(db.scalars(rest.order_by(*sorted_by).limit(limit + 1)))
    last = found[limit - 1] if len(found) > limit else None
    return AssetPage(found[:limit], None if last is None else _place(order, last), total)


def claim(db: Transaction, owner_id: UUID, asset_id: UUID, seconds: float) -> Asset | None:
    """Takes an upload to be checked, for so many seconds; None where there is none to be taken.

    One whose check was never ended is taken anew.
    """
    dead = and_(Asset.status == AssetStatus.PROCESSING, Asset.expires_at < func.now())
    return db.scalars(
        update(Asset)
        .where(Asset.id == asset_id, Asset.owner_id == owner_id)
        .where(or_(Asset.status == AssetStatus.PENDING, dead))
        .values(status=AssetStatus.PROCESSING, expires_at=func.now() + timedelta(seconds=seconds))
        .returning(Asset)
        .execution_options(populate_existing=True)
    ).one_or_none()


def settle(db: Transaction, claimed: Asset, **values: Any) -> Asset | None:
    """Writes what came of a check; None where the asset is gone or was claimed by another."""
    return db.scalars(
        update(Asset)
        .where(Asset.id == claimed.id, Asset.expires_at == claimed.expires_at)
        .where(Asset.status == AssetStatus.PROCESSING)
        .values(**values)
        .returning(Asset)
        .execution_options(populate_existing=True)
    ).one_or_none()


def forgotten(db: Transaction, limit: int = 100) -> list[Asset]:
    """Uploads that nobody confirmed, and checks that nobody ended: locked, to be deleted."""
    return list(
        db.scalars(
            select(Asset)
            .where(
                or_(
                    and_(Asset.status == AssetStatus.PENDING, Asset.expires_at < func.now()),
                    Asset.expires_at < func.now() - DEAD_CHECKS_STAY,
                )
            )
            .order_by(Asset.expires_at)
            .limit(limit)
            .with_for_update(of=Asset, skip_locked=True)
        )
    )


def lock(db: Transaction, asset: Asset) -> Asset | None:
    """The asset as it is now, locked until the transaction ends; None when it is gone."""
    return db.get(Asset, asset.id, with_for_update=True, populate_existing=True)


def delete(db: Transaction, asset: Asset) -> None:
    db.delete(asset)
    db.flush()


DESCENDING = {
    AssetOrder.NEWEST: True,
    AssetOrder.OLDEST: False,
    AssetOrder.NAME: False,
    AssetOrder.LARGEST: True,
}


def _by(order: AssetOrder) -> tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]:
    """What the list is sorted by; ids grow with time, and tell equals apart."""
    match order:
        case AssetOrder.NAME:
            return (func.lower(Asset.name), Asset.id)
        case AssetOrder.LARGEST:
            return (Asset.bytes, Asset.id)
        case _:
            return (Asset.id,)


def _place(order: AssetOrder, asset: Asset) -> Place:
    match order:
        case AssetOrder.NAME:
            return Place(asset.id, asset.name)
        case AssetOrder.LARGEST:
            return Place(asset.id, asset.bytes)
        case _:
            return Place(asset.id)


def _follows(order: AssetOrder, after: Place) -> ColumnElement[bool]:
    here: tuple[Any, ...] = (after.asset_id,)
    if order is AssetOrder.NAME:
        # lowered by the database, whose idea of it the list is sorted by
        here = (func.lower(literal(after.value, Text)), after.asset_id)
    if order is AssetOrder.LARGEST:
        here = (after.value, after.asset_id)
    columns = tuple_(*_by(order))
    return columns < tuple_(*here) if DESCENDING[order] else columns > tuple_(*here)


def _filtered(rows: Select[Asset], wanted: AssetFilter) -> Select[Asset]:
    if wanted.kind is not None:
        rows = rows.where(Asset.kind == wanted.kind)
    if wanted.status is not None:
        rows = rows.where(Asset.status == wanted.status)
    if wanted.q:
        rows = rows.where(Asset.name.icontains(wanted.q, autoescape=True))
    if wanted.created_after is not None:
        rows = rows.where(Asset.created_at > wanted.created_after)
    if wanted.created_before is not None:
        rows = rows.where(Asset.created_at < wanted.created_before)
    if wanted.consent is not None:
        rows = rows.where(consents.is_in(wanted.consent))
    return rows
