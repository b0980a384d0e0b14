"""KDTalker: the deployment that draws."""

from collections.abc import AsyncIterator
from pathlib import Path

from ray import serve as ray_serve
from ray.serve import Deployment

from deployments.kdtalker.puppet import Puppet
from deployments.rack import Rack
from pipeline.engines import EngineCard, VideoEngine, VideoRequest
from pipeline.lesson import ClipPiece


class KDTalkerReplica:
    def __init__(self, models: Path) -> None:
        self._rack: Rack[VideoRequest, VideoEngine] = Rack([Puppet(models)])

    async def card(self, ask: VideoRequest) -> EngineCard:
        return await self._rack.card(ask)

    async def animate(self, ask: VideoRequest) -> AsyncIterator[ClipPiece]:
        engine = await self._rack.engine(ask)
        async for piece in engine.animate(ask):
            yield piece


KDTalker: Deployment = ray_serve.deployment(name="KDTalker")(KDTalkerReplica)
