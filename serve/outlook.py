"""How long a lesson would be, and when it would be done."""

from sqlalchemy.orm import Session

from db import forecast
from db.models import User
from pipeline.lesson import LessonSpec
from pipeline.sentences import estimate_seconds
from serve.schemas import JobEstimate


def estimate(db: Session, user: User, spec: LessonSpec) -> JobEstimate:
    seconds = _spoken_seconds(spec)
    asked = spec.minutes * 60 if spec.minutes else forecast.PROMPTED_SECONDS
    found = forecast.outlook(db, user.id, spec.model_dump(mode="json"), seconds or asked)
    return JobEstimate(
        seconds=None if seconds is None else round(seconds, 1),
        ahead=found.ahead,
        wait_seconds=round(found.wait_seconds, 1),
        work_seconds=round(found.work_seconds, 1),
    )


def _spoken_seconds(spec: LessonSpec) -> float | None:
    if not spec.scenes:
        return None
    rate = spec.speech.speaking_rate
    return sum(estimate_seconds(scene.narration, rate) for scene in spec.scenes)
