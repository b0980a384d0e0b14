"""What was made with which asset, so that it can be deleted with it."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, cast, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session as Transaction

from db.models import Asset, Derivation, Event, Export, Job, SceneRow, Step


def hold(db: Transaction, owner_id: UUID, ids: Collection[UUID]) -> set[UUID]:
    """Those of the owner's assets that are there. They stay until the transaction ends: a deletion
    that has begun is waited for."""
    rows = select(Asset.id).where(Asset.id.in_(list(ids)), Asset.owner_id == owner_id)
    return set(db.scalars(rows.order_by(Asset.id).with_for_update(read=True, key_share=True)))


def add(db: Transaction, owner_id: UUID, ids: Collection[UUID], prefix: str) -> bool:
    """Whatever is stored under ``prefix`` is made with these assets.

    False, and nothing is written, when one of them is gone.
    """
    if hold(db, owner_id, ids) != set(ids):
        return False
    rows = [{"asset_id": asset_id, "prefix": prefix} for asset_id in ids]
    if rows:
        db.execute(insert(Derivation).values(rows).on_conflict_do_nothing())
    return True


def made_with(db: Transaction, asset: Asset) -> list[str]:
    """The prefixes of all that was made with the asset."""
    return list(db.scalars(select(Derivation.prefix).where(Derivation.asset_id == asset.id)))


def forget(db: Transaction, asset: Asset) -> list[str]:
    """The prefixes of all that was made with the asset; from now on, neither a scene nor the
    history of a job names any of it."""
    made = made_with(db, asset)
    theirs = select(Job.id).where(Job.owner_id == asset.owner_id).scalar_subquery()
    for column in (SceneRow.speech_key, SceneRow.clip_key, SceneRow.poster_key):
        db.execute(
            update(SceneRow)
            .where(SceneRow.job_id.in_(theirs), _folder(column).in_(made))
            .values({column: None})
            .execution_options(synchronize_session=False)
        )
    db.execute(
        update(Event)
        .where(Event.job_id.in_(theirs), Event.kind == "scene.filmed")
        .where(_folder(Event.data["poster_key"].astext).in_(made))
        .values(data=Event.data.concat(cast({"poster_key": None}, JSONB)))
        .execution_options(synchronize_session=False)
    )
    db.execute(delete(Derivation).where(Derivation.prefix.in_(made)))
    return made


def _folder(key: SQLColumnExpression[Any]) -> ColumnElement[str]:
    return func.regexp_replace(key, "[^/]*$", "")


def forget_prefixes(db: Transaction, prefixes: Collection[str]) -> None:
    """What was stored under these is about to be deleted."""
    db.execute(delete(Derivation).where(Derivation.prefix.in_(prefixes)))


def jobs_naming(db: Transaction, asset: Asset) -> Sequence[Job]:
    """The jobs whose spec names this asset, oldest first."""
    rows = select(Job).where(Job.owner_id == asset.owner_id, is_named(asset.id)).order_by(Job.id)
    return db.scalars(rows.execution_options(populate_existing=True)).all()


def is_named(asset_id: UUID) -> ColumnElement[bool]:
    """Of a row of ``Job``: its spec names this asset."""
    named = str(asset_id)
    return or_(
        Job.spec["portrait_id"].astext == named,
        Job.spec["voice_id"].astext == named,
        Job.spec["video"]["background"].astext == named,
        Job.spec["scenes"].contains(cast([{"slide_id": named}], JSONB)),
    )


def forget_exports(db: Transaction, jobs: Sequence[Job]) -> None:
    """What unfinished lessons had exported before they stopped."""
    db.execute(delete(Export).where(Export.job_id.in_([job.id for job in jobs])))


def only_of(db: Transaction, ids: Collection[UUID]) -> list[str]:
    """The keys of speech and clips of these jobs in which no other has a part.

    A key begins with its owner, so nobody else's are among them.
    """
    keys = select(SceneRow.speech_key, SceneRow.clip_key)
    own = {key for row in db.execute(keys.where(SceneRow.job_id.in_(ids))) for key in row}
    own.discard(None)
    others = keys.where(
        SceneRow.job_id.not_in(ids), or_(SceneRow.speech_key.in_(own), SceneRow.clip_key.in_(own))
    )
    return sorted(own - {key for row in db.execute(others) for key in row})


def script_writers(db: Transaction, ids: Collection[UUID]) -> dict[UUID, dict[str, Any]]:
    """The card of the engine that wrote the script, of those of these jobs that have one."""
    rows = select(Step.job_id, Step.engine).where(Step.job_id.in_(ids), Step.name == "script")
    return {job_id: card for job_id, card in db.execute(rows) if card is not None}
