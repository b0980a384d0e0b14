"""The composition root: settings → database → storage → engines → deployments.

Nothing here runs until Ray Serve starts the replicas; each opens what it uses itself, because
connections do not travel between processes.
"""

import asyncio
import socket
from functools import partial
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any
from uuid import uuid4

from fastapi import FastAPI
from ray import serve as ray_serve
from ray.serve import Application, Deployment
from ray.serve.handle import DeploymentHandle

from db.session import Database
from deployments.kdtalker.deployment import KDTalker, Renderer
from deployments.kdtalker.face import FaceFinder
from deployments.llm.deployment import Llm
from deployments.remote import RemoteQuiz, RemoteScript, RemoteSpeech, RemoteVideo
from deployments.zyphra.deployment import Zyphra
from pipeline.deliveries import Sender
from pipeline.making import Limits
from pipeline.outbound import Outbound
from pipeline.producer import Producer as JobProducer
from pipeline.provenance.signing import Marking, open_signer
from pipeline.storage import Storage
from serve.allowances import quotas, rates
from serve.deps import PAGES
from serve.deps import Studio as StudioParts
from serve.ingress import create_app
from serve.logs import write_json_lines
from serve.replicas import deployed_at, serve_replicas
from serve.security import Tokens
from serve.settings import (
    Settings,
    hosted_settings,
    kdtalker_setup,
    openai_endpoint,
    outbound_rules,
    remote_settings,
    zonos_settings,
)
from serve.webhook_secrets import WebhookSecrets


@ray_serve.ingress()
class StudioReplica:
    """HTTP."""

    def __init__(
        self,
        settings: Settings,
        llm: DeploymentHandle[Any],
        zyphra: DeploymentHandle[Any],
        kdtalker: DeploymentHandle[Any],
        _producer: DeploymentHandle[Any],  # bound, so that Serve starts it with us
    ) -> None:
        write_json_lines()
        self._parts = StudioParts(
            database=Database(settings.given("database_url")),
            storage=open_storage(settings),
            script=RemoteScript(llm, deployed_at=partial(deployed_at, "Llm")),
            quiz=RemoteQuiz(llm, deployed_at=partial(deployed_at, "Llm")),
            speech=RemoteSpeech(zyphra, deployed_at=partial(deployed_at, "Zyphra")),
            video=RemoteVideo(kdtalker, deployed_at=partial(deployed_at, "KDTalker")),
            tokens=Tokens(
                settings.given("jwt_secret"),
                settings.cookie_secure,
                settings.previous_secrets,
            ),
            find_face=FaceFinder(settings.models_folder).inspect_portrait,
            version=version("lectern"),
            echo_portrait=(files("serve") / "echo.png").read_bytes(),
            proxies=settings.proxies,
            rates=rates(settings),
            quotas=quotas(settings),
            replicas=serve_replicas,
            dashboard=settings.dashboard_url,
            outbound=outbound_rules(settings),
            pages=settings.pages or PAGES,
            anchors=settings.anchors,
            studio_id=settings.studio_id,
            proved_voices=settings.proved_voices,
            audit_days=settings.audit_days,
            speaker_encoder=settings.speaker_encoder,
            office=settings.office_program,
        )

    def __serve_build_asgi_app__(self) -> FastAPI:
        return create_app(self._parts)


class ProducerReplica:
    """Leases jobs and runs them, and sends what webhooks are told. Serve's health check keeps both
    loops going."""

    def __init__(
        self,
        settings: Settings,
        llm: DeploymentHandle[Any],
        zyphra: DeploymentHandle[Any],
        kdtalker: DeploymentHandle[Any],
    ) -> None:
        database = Database(settings.given("database_url"))
        limits = Limits(settings.scenes_at_once, proved_voices=settings.proved_voices)
        self._producer = JobProducer(
            database,
            open_storage(settings),
            RemoteScript(llm, limits.queue_seconds),
            RemoteSpeech(zyphra, limits.queue_seconds),
            RemoteVideo(kdtalker, limits.queue_seconds),
            name=f"{socket.gethostname()}-{uuid4().hex[:8]}",
            jobs_at_once=settings.jobs_at_once,
            limits=limits,
            # here and nowhere else: whoever breaks into the web process finds no key in it
            marking=open_marking(settings),
        )
        self._sender = open_sender(settings, database)
        self._running: list[asyncio.Task[None]] = []

    async def check_health(self) -> None:
        loops = (self._producer, self._sender)
        if not self._running:
            self._running = [asyncio.create_task(each.run()) for each in loops]
        for task in self._running:
            if task.done():
                raise RuntimeError("the producer has stopped") from task.exception()
        if not all(each.alive for each in loops):
            raise RuntimeError("the producer takes no jobs any more, or sends nothing")

    async def __del__(self) -> None:
        await asyncio.gather(self._producer.drain(), self._sender.drain())


def open_sender(settings: Settings, database: Database) -> Sender:
    secrets = (settings.given("jwt_secret"), *settings.previous_secrets)
    return Sender(database, Outbound(outbound_rules(settings)), WebhookSecrets(secrets))


def open_marking(settings: Settings) -> Marking:
    """Reads the key that media are signed with. Raises SettingMissing, SigningFailed."""
    signer = open_signer(
        Path(settings.given("provenance_certificate")),
        Path(settings.given("provenance_key")),
        settings.provenance_timestamps,
    )
    return Marking(settings.given("studio_id"), signer)


def open_storage(settings: Settings) -> Storage:
    return Storage(
        settings.given("s3_endpoint_url"),
        settings.given("s3_access_key"),
        settings.given("s3_secret_key"),
        settings.s3_bucket,
        settings.s3_region,
        settings.s3_public_endpoint_url,
    )


Studio: Deployment = ray_serve.deployment(name="Studio")(StudioReplica)
Producer: Deployment = ray_serve.deployment(name="Producer")(ProducerReplica)


def build(args: dict[str, Any]) -> Application:
    """The whole studio as one Serve application. ``args`` override settings by name."""
    settings = Settings(**args)
    llm = Llm.bind(settings.gguf_file, openai_endpoint(settings))
    zyphra = Zyphra.bind(
        settings.models_folder,
        zonos_settings(settings),
        hosted_settings(settings),
        remote_settings(settings),
    )
    kdtalker = KDTalker.bind(settings.models_folder, kdtalker_setup(settings), renderer(settings))
    producer = Producer.bind(settings, llm, zyphra, kdtalker)
    return Studio.bind(settings, llm, zyphra, kdtalker, producer)


def renderer(settings: Settings) -> Application | None:
    """Who else draws the faces of a scene, where they are to be spread."""
    if not settings.kdtalker_spread:
        return None
    return Renderer.bind(settings.models_folder, kdtalker_setup(settings))
