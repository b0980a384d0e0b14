"""Which lessons a watermark leads to."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from db.models import Job, SceneRow

MOST = 20


def lessons_with(session: Session, owner_id: UUID, speech: str) -> list[UUID]:
    """Those of the owner's jobs with a scene whose speech has a digest that begins so, latest
    first; ``speech`` is hexadecimal."""
    wanted = SceneRow.speech_key.contains(f"/artefacts/speech/{speech}", autoescape=True)
    scenes = select(SceneRow.job_id).where(wanted)
    rows = select(Job.id).where(Job.owner_id == owner_id, Job.id.in_(scenes))
    return list(session.scalars(rows.order_by(Job.id.desc()).limit(MOST)))
