"""The composition root: settings → database → storage → engines → deployments.

Nothing here runs until Ray Serve starts the replicas; a replica opens what it uses itself, because
connections do not travel between processes.
"""

from typing import Any

from fastapi import FastAPI
from ray import serve as ray_serve
from ray.serve import Application
from ray.serve.handle import DeploymentHandle

from deployments.kdtalker.deployment import KDTalker
from deployments.llm.deployment import Llm
from deployments.remote import RemoteScript, RemoteSpeech, RemoteVideo
from deployments.zyphra.deployment import Zyphra
from serve.deps import Studio as StudioParts
from serve.ingress import create_app
from serve.security import Tokens
from serve.settings import Settings


def build(args: dict[str, Any]) -> Application:
    """The whole studio as one Serve application. ``args`` override settings by name."""
    settings = Settings(**args)
    models = settings.models_folder
    llm = Llm.bind(settings.gguf_file, openai_endpoint(settings))
    zyphra = Zyphra.bind()
    kdtalker = KDTalker.bind(models)
    producer = Producer.bind(settings, llm, zyphra, kdtalker)
    return Studio.bind(settings, llm, zyphra, kdtalker, producer)


@ray_serve.deployment
@ray_serve.ingress()
class Studio:
    """The HTTP ingress."""

    def __init__(
        self,
        settings: Settings,
        llm: DeploymentHandle,
        zyphra: DeploymentHandle,
        kdtalker: DeploymentHandle,
        producer: DeploymentHandle,
    ) -> None:
        self._parts = StudioParts(
            database=open_database(settings),
            storage=open_storage(settings),
            script=RemoteScript(llm),
            speech=RemoteSpeech(zyphra),
            video=RemoteVideo(kdtalker),
            tokens=Tokens(settings),
        )

    def __serve_build_asgi_app__(self) -> FastAPI:
        return create_app(self._parts)


@ray_serve.deployment
class Producer:
    """Leases jobs and runs them; scaled on the depth of the queue."""

    def __init__(
        self,
        settings: Settings,
        llm: DeploymentHandle,
        zyphra: DeploymentHandle,
        kdtalker: DeploymentHandle,
    ) -> None: ...
