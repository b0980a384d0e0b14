"""What users uploaded."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session as Transaction

from db.models import Asset, AssetKind, AssetStatus, Job, JobStatus


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


@dataclass(frozen=True, slots=True)
class AssetFilter:
    """What a list is narrowed to; ``q`` is looked for in names."""

    kind: AssetKind | None = None
    status: AssetStatus | None = None
    q: str | None = None
    created_after: datetime | None = None
    created_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class AssetPage:
    """Newest first. ``next_cursor`` is None on the last page; ``total`` counts all pages."""

    items: list[Asset]
    next_cursor: UUID | None
    total: int


def page(
    db: Transaction,
    owner_id: UUID,
    wanted: AssetFilter,
    *,
    cursor: UUID | None = None,
    limit: int = 50,
) -> AssetPage:
    """The owner's assets that follow ``cursor``; ids grow with time, so one is place enough."""
    matching = _filtered(select(Asset).where(Asset.owner_id == owner_id), wanted)
    total = db.scalar(select(func.count()).select_from(matching.subquery())) or 0
    rest = matching if cursor is None else matching.where(Asset.id < cursor)
    found = list(db.scalars(rest.order_by(Asset.id.desc()).limit(limit + 1)))
    more = len(found) > limit
    return AssetPage(found[:limit], found[limit - 1].id if more else None, total)


def delete(db: Transaction, asset: Asset) -> None:
    db.delete(asset)
    db.flush()


def jobs_using(db: Transaction, asset: Asset) -> list[UUID]:
    """The unfinished jobs whose spec names this asset."""
    asset_id = str(asset.id)
    named = or_(
        Job.spec["portrait_id"].astext == asset_id,
        Job.spec["voice_id"].astext == asset_id,
        Job.spec["video"]["background"].astext == asset_id,
        Job.spec["scenes"].contains(cast([{"slide_id": asset_id}], JSONB)),
    )
    unfinished = Job.status.in_([JobStatus.QUEUED, JobStatus.RUNNING])
    return list(db.scalars(select(Job.id).where(Job.owner_id == asset.owner_id, unfinished, named)))


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
    return rows
