"""Replicas of the renderer, seen as others who draw: the model knows neither Ray nor replicas."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any

from ray.serve.handle import DeploymentHandle

from deployments.kdtalker.kdtalker.faults import RunLost
from deployments.kdtalker.kdtalker.run import Frames, Run
from deployments.kdtalker.renderer import RunRequest
from deployments.remote import engine_errors
from pipeline.errors import LessonError

logger = logging.getLogger(__name__)

Told = Callable[[bool], None]
"""Hears of each run that was sent whether its frames came."""


class Renderers:
    """``drawing`` names what they must draw with, once it is known. The calls live in an event loop
    of their own: who waits for frames is a thread."""

    def __init__(
        self, handle: DeploymentHandle[Any], drawing: Callable[[], str], told: Told
    ) -> None:
        self._handle, self._drawing, self._told = handle, drawing, told
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, name="kdtalker-elsewhere", daemon=True).start()

    def draw(self, run: Run) -> "Future[Frames]":
        """See ``Elsewhere``. A call that nobody takes waits; it is cancelled with the future."""
        return asyncio.run_coroutine_threadsafe(self._drawn(run), self._loop)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)

    async def _drawn(self, run: Run) -> Frames:
        response = self._handle.draw.remote(RunRequest(run, self._drawing()))
        try:
            with engine_errors(self._handle.deployment_name):
                frames: Frames = await response
        except LessonError as error:
            logger.warning("a run of frames was lost: %s", error)
            self._told(False)
            raise RunLost from error
        except asyncio.CancelledError:
            # it blocks until the call is on its way, or is not
            await asyncio.to_thread(response.cancel)
            raise
        self._told(True)
        return frames
