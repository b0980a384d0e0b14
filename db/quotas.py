"""How much a user may have and has: counted from rows, with the user's row locked."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Float, case, func, select
from sqlalchemy.orm import Session as Transaction

from db import usage
from db.forecast import CHARACTERS_A_SECOND, PROMPTED_SECONDS
from db.models import Asset, AssetStatus, Export, Job, JobStatus, SceneRow, SceneStatus, User

UNDER_WAY = (JobStatus.QUEUED, JobStatus.RUNNING)


@dataclass(frozen=True, slots=True)
class Quotas:
    """None: no limit. Minutes of video a month (UTC), bytes kept, jobs that run or wait."""

    video_minutes: float | None = None
    storage_bytes: int | None = None
    jobs: int | None = 1000


@dataclass(frozen=True, slots=True)
class Used:
    """``promised_seconds``: how much video the jobs that run or wait will still have made."""

    video_seconds: float
    promised_seconds: float
    storage_bytes: int
    jobs: int


def of_user(user: User, usual: Quotas) -> Quotas:
    """``usual``, but for what an administrator gave this user."""
    return Quotas(**(asdict(usual) | user.quotas))


def lock(db: Transaction, user_id: UUID) -> User:
    """The user's row as it is now: of two who want the last of something, one waits here."""
    return db.get_one(User, user_id, with_for_update={"key_share": True}, populate_existing=True)


def give(db: Transaction, user: User, own: Mapping[str, Any]) -> None:
    """Replaces what the user has in place of the usual quotas."""
    user.quotas = dict(own)
    db.flush()


def used(db: Transaction, user_id: UUID, month: date) -> Used:
    """What the user has and had since the first of the month."""
    jobs, promised = _under_way(db, user_id)
    return Used(usage.video_seconds(db, user_id, month), promised, stored_bytes(db, user_id), jobs)


def _under_way(db: Transaction, user_id: UUID) -> tuple[int, float]:
    """How many jobs run or wait, and the seconds of video that they have yet to make."""
    spoken = func.coalesce(
        SceneRow.seconds, func.char_length(SceneRow.narration) / CHARACTERS_A_SECOND
    )
    scenes = (
        select(func.sum(case((SceneRow.status == SceneStatus.FILMED, 0.0), else_=spoken)))
        .where(SceneRow.job_id == Job.id)
        .scalar_subquery()
    )
    asked = Job.spec["minutes"].astext.cast(Float) * 60.0
    seconds = case(
        (Job.spec["preview"].astext == "audio", 0.0),
        else_=func.coalesce(scenes, asked, PROMPTED_SECONDS),
    )
    counted = select(func.count(), func.coalesce(func.sum(seconds), 0.0))
    row = db.execute(counted.where(Job.owner_id == user_id, Job.status.in_(UNDER_WAY))).one()
    return row[0], row[1]


def stored_bytes(db: Transaction, user_id: UUID) -> int:
    """Uploads, announced ones too, and finished files. Of what failed its check nothing is kept.

    What the studio makes of them for itself counts for nobody: lessons share it, its owner cannot
    delete it alone, and a thumbnail is a few hundredths of its picture.
    """
    uploaded = select(func.coalesce(func.sum(Asset.bytes), 0)).where(
        Asset.owner_id == user_id, Asset.status != AssetStatus.FAILED
    )
    exported = (
        select(func.coalesce(func.sum(Export.bytes), 0))
        .join(Job, Job.id == Export.job_id)
        .where(Job.owner_id == user_id)
    )
    return int(db.scalars(uploaded).one()) + int(db.scalars(exported).one())
