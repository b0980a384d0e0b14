"""KDTalker: the deployment that draws, and the one that helps it to."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from ray import serve as ray_serve
from ray.serve import Deployment
from ray.serve.handle import DeploymentHandle

from deployments.kdtalker.elsewhere import Renderers
from deployments.kdtalker.kdtalker.run import Frames
from deployments.kdtalker.metrics import DrawingMetrics
from deployments.kdtalker.puppet import Puppet
from deployments.kdtalker.renderer import Rendering, RunRequest
from deployments.kdtalker.setup import Setup
from deployments.kdtalker.talking import Talking
from deployments.kdtalker.weights import Installed
from deployments.rack import Rack
from pipeline.engines import EngineCard, VideoEngine, VideoRequest
from pipeline.lesson import ClipPiece


class KDTalkerReplica:
    """Plays scenes: motion, pictures and encoding. ``renderer`` draws some of the faces for it;
    None: all are drawn here."""

    def __init__(
        self, models: Path, setup: Setup, renderer: DeploymentHandle[Any] | None = None
    ) -> None:
        metrics = DrawingMetrics()
        others = Renderers(renderer, lambda: model.drawing, metrics.elsewhere) if renderer else None
        model = Installed(models, setup, metrics.drawn, others)
        talking = Talking(models, model, metrics.encoded)
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


class RendererReplica:
    """Draws runs of faces, for whichever scenes."""

    def __init__(self, models: Path, setup: Setup) -> None:
        self._rendering = Rendering(Installed(models, setup, DrawingMetrics().drawn))
        self._rendering.prepare()

    async def draw(self, ask: RunRequest) -> Frames:
        return await self._rendering.draw(ask)


KDTalker: Deployment = ray_serve.deployment(name="KDTalker")(KDTalkerReplica)
Renderer: Deployment = ray_serve.deployment(name="Renderer")(RendererReplica)
