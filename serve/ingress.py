"""The HTTP interface as one application, without anything that serves it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from fastapi.routing import APIRoute

from serve.admissions import Admissions
from serve.bodies import FORM_BYTES, BodyLimit
from serve.cancelling import Cancelling
from serve.deps import Slots, Studio
from serve.history import EventBell
from serve.limits import HeadLimit
from serve.openapi import describe
from serve.private_answers import PrivateAnswers
from serve.problems import answer_errors
from serve.rates import Meter, RateHeaders
from serve.request_log import RequestLog
from serve.routes import (
    admin,
    assets,
    auth,
    batches,
    courses,
    drafts,
    embed,
    events,
    health,
    jobs,
    keys,
    media,
    provenance,
    scripts,
    studio,
    usage,
    webhooks,
)
from serve.sweeping import sweep_forever

DESCRIPTION = "Turns a prompt or a script, a portrait and a voice into a narrated lesson."
ROUTERS = (
    auth,
    keys,
    usage,
    assets,
    scripts,
    jobs,
    batches,
    courses,
    events,
    media,
    provenance,
    embed,
    drafts,
    webhooks,
    admin,
    health,
    # last: it answers wherever nobody else does
    studio,
)


def create_app(studio: Studio) -> FastAPI:
    """Nothing is opened before the application starts."""
    return equip(interface(studio.version), studio)


def interface(version: str) -> FastAPI:
    """All that is answered, before there is anything to answer from."""
    app = FastAPI(
        title="Lectern",
        version=version,
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        # their pages load scripts from other people's servers
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        form_limits={"max_files": 1, "max_fields": 10, "max_part_size": FORM_BYTES},
    )
    for module in ROUTERS:
        app.include_router(module.router)
    answer_errors(app)
    describe(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(HeadLimit)
    app.add_middleware(RateHeaders)
    app.add_middleware(PrivateAnswers)
    app.add_middleware(RequestLog)
    app.add_middleware(Cancelling)
    return app


def equip(app: FastAPI, studio: Studio) -> FastAPI:
    """Gives the interface what it answers from; before it starts, and instead of any other."""
    app.state.studio = studio
    app.state.slots = Slots()
    app.state.meter = Meter(studio.database, studio.rates)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    """One listener to the database for all the readers of events, who also end with their sign-in;
    and the sweeping."""
    studio: Studio = app.state.studio
    app.state.doors = Admissions(studio.database)
    app.state.bell = EventBell(studio.database, app.state.doors)
    tasks = [
        asyncio.create_task(app.state.doors.check_forever()),
        asyncio.create_task(app.state.bell.ring_forever()),
        asyncio.create_task(sweep_forever(studio)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


def _operation_id(route: APIRoute) -> str:
    """``create_job`` becomes ``createJob``: the name of a function in the generated client."""
    first, *rest = route.name.split("_")
    return first + "".join(word.capitalize() for word in rest)
