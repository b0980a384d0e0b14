"""A finished lesson, read again from what is kept beside its exports."""

from db.models import Job
from pipeline.engines import EngineCard
from pipeline.export.lesson import Lesson
from pipeline.export.timings import TIMINGS, load_timings
from pipeline.lesson import LessonSpec
from pipeline.storage import Storage, export_key


def finished_lesson(storage: Storage, job: Job) -> Lesson:
    """Without sound and clips: scenes may be gone, with what they were made of. Blocks.

    Raises ArtefactMissing where the job has no exports.
    """
    scenes = load_timings(storage.get(export_key(job.owner_id, job.id, TIMINGS)))
    spec = LessonSpec.model_validate(job.spec)
    engines = {step.name: EngineCard(**step.engine) for step in job.steps if step.engine}
    share = spec.completion.watched_share
    return Lesson(scenes, str(job.id), job.title, spec.language, engines, share, quiz=spec.quiz)
