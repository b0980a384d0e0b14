"""KDTalker: the deployment that draws."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path

from ray import serve as ray_serve
from ray.serve import Deployment

from deployments.kdtalker.metrics import DrawingMetrics
from deployments.kdtalker.puppet import Puppet
from deployments.kdtalker.setup import Setup
from deployments.kdtalker.talking import Talking
from deployments.kdtalker.weights import Installed
from deployments.rack import Rack
from pipeline.engines import EngineCard, VideoEngine, VideoRequest
from pipeline.lesson import ClipPiece


class KDTalkerReplica:
    def __init__(self, models: Path, setup: Setup) -> None:
        metrics = DrawingMetrics()
        talking = Talking(models, Installed(models, setup, metrics.drawn), metrics.encoded)
        # Serve sends nothing here before this is done
        talking.prepare()
        self._rack: Rack[VideoRequest, VideoEngine] = Rack([talking, Puppet(models)])

    async def card(self, ask: VideoRequest) -> EngineCard:
        return await self._rack.card(ask)

    async def animate(self, ask: VideoRequest) -> AsyncGenerator[ClipPiece, None]:
        engine = await self._rack.engine(ask)
        # closed for certain when the caller leaves, and with it the work
        async with aclosing(engine.animate(ask)) as pieces:
            async for piece in pieces:
                yield piece


KDTalker: Deployment = ray_serve.deployment(name="KDTalker")(KDTalkerReplica)
