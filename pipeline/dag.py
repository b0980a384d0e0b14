"""The steps of a lesson, and how one run goes through them."""

import asyncio
import errno
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby

from pipeline.errors import DiskFull, LeaseLost, LecternError, StepBroke
from pipeline.lesson import StepName
from pipeline.making import Making, SceneStep, Step, Take, Takes
from pipeline.steps.package import package
from pipeline.steps.script import spoken_seconds, write_script
from pipeline.steps.speech import narrate
from pipeline.steps.video import animate

LESSON: tuple[Step | SceneStep, ...] = (
    Step("script", write_script),
    SceneStep("speech", narrate),
    SceneStep("video", animate),
    Step("package", package),
)
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
log = logging.getLogger(__name__)


async def make_lesson(making: Making) -> None:
    """Goes through the steps. Each finds what is done already, so a run goes on where one ended.

    Neighbouring scene steps run side by side: the first scene is filmed while the second is spoken.
    Raises StepStopped when a step fails, Interrupted when the run was asked to stop.
    """
    takes: Takes = ()
    wanted = [step for step in LESSON if step.name in making.steps]
    for _, neighbours in groupby(wanted, key=type):
        steps = tuple(neighbours)
        by_scene = [step for step in steps if isinstance(step, SceneStep)]
        if by_scene:
            takes = await SceneRun(making, by_scene, takes).run()
        for step in steps:
            if isinstance(step, Step):
                takes = await _run(making, step, takes)


class StepStopped(Exception):
    """A step did not get through, because of ``error``; at a ``scene``, if it works at scenes."""

    def __init__(self, step: StepName, error: LecternError, scene: int | None = None) -> None:
        super().__init__(step, error, scene)
        self.step, self.error, self.scene = step, error, scene


class Interrupted(Exception):
    """The run was asked to stop, and did so between two scenes."""


@contextmanager
def during(step: StepName, scene: int | None = None) -> Iterator[None]:
    """Whatever goes wrong here stops the step; only a lost lease ends the whole run unsaid."""
    try:
        yield
    except LeaseLost:
        raise
    except LecternError as error:
        raise StepStopped(step, error, scene) from error
    except Exception as error:  # a fault in one lesson must not stop the others
        log.exception("step %s broke", step)
        raise StepStopped(step, _meaning(step, error), scene) from error


def _meaning(step: StepName, error: BaseException) -> LecternError:
    """A fault as its reader is told of it; libraries wrap what the system said."""
    said: BaseException | None = error
    while said is not None:
        if isinstance(said, OSError) and said.errno in NO_ROOM:
            return DiskFull()
        said = said.__cause__ or said.__context__
    return StepBroke(step, type(error).__name__)


async def _run(making: Making, step: Step, takes: Takes) -> Takes:
    with during(step.name):
        takes = await step.work(making, takes)
        await making.record.finish(step.name)
        return takes


class SceneRun:
    """The scenes of a lesson, so many at once, each going through the scene steps on its own."""

    def __init__(self, making: Making, steps: Sequence[SceneStep], takes: Takes) -> None:
        self._making, self._steps, self._takes = making, steps, takes
        self._waiting = iter(takes)
        self._finished: dict[int, Take] = {}
        self._left = {step.name: len(takes) for step in steps}
        self._stopping = False
        at_once = making.limits.scenes_at_once
        self._places = {step.name: asyncio.Semaphore(at_once) for step in steps}
        if len(steps) > 1:
            # it leaves a place to the next step, or the first scene would be seen late
            self._places[steps[0].name] = asyncio.Semaphore(max(1, at_once - 1))
        for step in steps:
            making.expect(step.name, {t.scene.index: spoken_seconds(t.scene) for t in takes})

    async def run(self) -> Takes:
        """All takes, in order. After a failure that may pass, scenes under way are finished."""
        places = range(self._making.limits.scenes_at_once)
        workers = [asyncio.create_task(self._work()) for _ in places]
        try:
            done, others = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
            if any(_may_pass(worker) for worker in done) and others:
                self._stopping = True
                await asyncio.wait(others)
            for worker in done:
                worker.result()
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
        if len(self._finished) < len(self._takes):
            raise Interrupted
        return tuple(self._finished[take.scene.index] for take in self._takes)

    async def _work(self) -> None:
        """Takes the next scene in line, until there is none."""
        for take in self._waiting:
            if self._stopping or self._making.stopping.is_set():
                return
            await self._film(take)

    async def _film(self, take: Take) -> None:
        for step in self._steps:
            with during(step.name, take.scene.index):
                async with self._places[step.name]:
                    take = await step.work(self._making, take)
                await self._count(step.name, take)
        self._finished[take.scene.index] = take

    async def _count(self, step: StepName, take: Take) -> None:
        self._left[step] -= 1
        if self._left[step] == 0:
            await self._making.record.finish(step)
        else:
            await self._making.progress(step, take.scene.index, 1.0)


def _may_pass(worker: asyncio.Task[None]) -> bool:
    error = worker.exception()
    return isinstance(error, StepStopped) and error.error.retryable
