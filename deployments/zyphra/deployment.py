"""Zyphra: the deployment that speaks."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from ray import serve as ray_serve
from ray.serve import Deployment

from deployments.rack import Rack
from deployments.zyphra.builtin import Builtin
from deployments.zyphra.matched import Matched
from pipeline.engines import EngineCard, SpeechEngine, SpeechRequest
from pipeline.lesson import Speech

WARM_UP = SpeechRequest("Ready.")


class ZyphraReplica:
    """Without a folder of models there is only the voice that needs none."""

    def __init__(self, models: Path | None = None) -> None:
        matched = [] if models is None else [Matched(models)]
        self._rack: Rack[SpeechRequest, SpeechEngine] = Rack([*matched, Builtin()])
        self._warm = False

    async def card(self, ask: SpeechRequest) -> EngineCard:
        return await self._rack.card(ask)

    async def learn(self, ask: SpeechRequest) -> bytes | None:
        engine = await self._rack.engine(ask)
        return await engine.learn(ask)

    async def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        engine = await self._rack.engine(ask)
        # closed for certain when the caller leaves, and with it the work
        async with aclosing(engine.speak(ask)) as pieces:
            async for piece in pieces:
                yield piece

    async def check_health(self) -> None:
        """Speaks a word before the first request is let in."""
        if not self._warm:
            _ = [piece async for piece in self.speak(WARM_UP)]
            self._warm = True


Zyphra: Deployment = ray_serve.deployment(name="Zyphra")(ZyphraReplica)
