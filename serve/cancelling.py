"""A request that is cancelled ends only when its threads have."""

from anyio import create_task_group
from starlette.types import ASGIApp, Receive, Scope, Send


class Cancelling:
    """Ray Serve cancels a request whose client has gone, as asyncio cancels a task: at once, though
    a thread of it is in the middle of a transaction. Its connection would go back to the pool, and
    to somebody else, while that thread still writes to it. A task group hands the cancellation on
    as that of a scope, which waits for threads.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)

        async def answer() -> None:
            await self._app(scope, receive, send)

        failure = None
        try:
            async with create_task_group() as group:
                group.start_soon(answer)
        except BaseExceptionGroup as of_one_task:
            failure = of_one_task.exceptions[0]
        if failure is not None:  # raised here, it keeps what it came from
            raise failure
        return None
