"""Who would make a lesson, asked of deployments that may be too busy to say so."""

import asyncio
from collections.abc import Awaitable, Callable

from anyio.to_thread import run_sync

from pipeline.engines import EngineCard
from pipeline.errors import InfrastructureLost
from pipeline.lesson import StepName
from serve.deps import Studio

PATIENCE_SECONDS = 3.0
"""How long a deployment has for its answer before it is looked up whether it is merely busy."""
DEPLOYMENTS: dict[StepName, str] = {"script": "Llm", "speech": "Zyphra", "video": "KDTalker"}


async def introduced(
    studio: Studio, step: StepName, card: Callable[[], Awaitable[EngineCard]]
) -> EngineCard | None:
    """The card; None where replicas run and have as many calls as they take.

    Where none runs it is waited for, as one may be starting. Raises what ``card`` raises.
    """
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await card()
    except (TimeoutError, InfrastructureLost):
        if await run_sync(_runs, studio, DEPLOYMENTS[step]):
            return None
    return await card()


def _runs(studio: Studio, deployment: str) -> bool:
    replicas = studio.replicas() if studio.replicas else ()
    return any(each.deployment == deployment and each.running for each in replicas)
