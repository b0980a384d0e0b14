"""Zyphra: the deployment that speaks."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from ray import serve as ray_serve
from ray.serve import Deployment

from deployments.rack import Rack
from deployments.zyphra.builtin import Builtin
from deployments.zyphra.hosted import Hosted
from deployments.zyphra.matched import Matched
from deployments.zyphra.meters import ZonosMeters
from deployments.zyphra.openai_speech import OpenAiSpeech
from deployments.zyphra.services import HostedSettings, RemoteSettings
from deployments.zyphra.zonos_speech.engine import Zonos
from deployments.zyphra.zonos_speech.settings import ZonosSettings
from pipeline.engines import EngineCard, SpeechEngine, SpeechRequest
from pipeline.lesson import Speech

WARM_UP = SpeechRequest("Ready.", engine="builtin")
"""By the voice that costs nothing: a service elsewhere is not called, and paid, to warm up."""


class ZyphraReplica:
    """Without a folder of models there are only the voices that need none."""

    def __init__(
        self,
        models: Path | None = None,
        zonos: ZonosSettings | None = None,
        hosted: HostedSettings | None = None,
        remote: RemoteSettings | None = None,
    ) -> None:
        self._zonos = [Zonos(models, zonos, ZonosMeters().show)] if models else []
        matched = [Matched(models)] if models else []
        # what is elsewhere is taken by “auto” only where an operator has configured it
        self._rack: Rack[SpeechRequest, SpeechEngine] = Rack(
            [
                *self._zonos,
                Hosted(hosted or HostedSettings()),
                OpenAiSpeech(remote or RemoteSettings()),
                *matched,
                Builtin(),
            ]
        )
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
        """Speaks a word with each engine that may be used, before the first request is let in."""
        if not all(zonos.alive for zonos in self._zonos):
            raise RuntimeError("the batch of Zonos has stopped")
        if not self._warm:
            for zonos in self._zonos:
                await zonos.warm_up()
            _ = [piece async for piece in self.speak(WARM_UP)]
            self._warm = True


Zyphra: Deployment = ray_serve.deployment(name="Zyphra")(ZyphraReplica)
