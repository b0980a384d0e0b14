"""The services of a studio on one machine, up and down: Postgres, object storage and Ray.

Each is started only where its address is not given. A run that was killed leaves services behind;
the next start on the same home ends them first, and all data is there.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Literal, Protocol, Self

from pipeline.errors import HomeInUse
from serve.services.cluster import DASHBOARD_PORT, RayHead
from serve.services.folders import private_folder
from serve.services.objects import ObjectStore, StorageKeys
from serve.services.postgres import Postgres
from serve.services.secrets import Secrets, keep_secrets, write_privately
from serve.services.signals import undisturbed

SOCKETS = Path("/tmp")
"""A socket's path may have 107 characters, and a home can be anywhere."""

StepState = Literal["starting", "ready", "restarting", "stopping", "stopped"]
OnStep = Callable[[str, StepState], None]


class Service(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def alive(self) -> bool: ...
    @property
    def pid(self) -> int | None: ...
    def start(self) -> None: ...
    def stop(self) -> None: ...


@dataclass(frozen=True, slots=True)
class External:
    """Services that run elsewhere; what is None is started here."""

    database_url: str | None = None
    s3_endpoint_url: str | None = None
    s3_access_key: str | None = None
    s3_secret_key: str | None = None
    ray_address: str | None = None


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where everything is, started here or not; the names are those of the settings."""

    database_url: str
    s3_endpoint_url: str
    s3_access_key: str
    s3_secret_key: str
    ray_address: str
    jwt_secret: str
    studio_id: str


def _unheard(name: str, state: StepState) -> None:
    """For who shows no progress."""


class LocalServices:
    """Everything a studio needs besides itself; one set at a time in each ``home``.

    ``on_step`` hears each service's name and state, for a display of the progress. ``s3_bucket``
    is made in the embedded storage; one that runs elsewhere is left as it is. ``files_port`` is
    that storage's own, where somebody counts on its number; any that is free if left out.
    """

    def __init__(
        self,
        home: Path,
        external: External | None = None,
        s3_bucket: str = "lectern",
        on_step: OnStep = _unheard,
        *,
        files_port: int | None = None,
    ) -> None:
        self._files_port = files_port
        self._home = home.resolve()
        self._external = external or External()
        self._bucket = s3_bucket
        self._on_step = on_step
        self._lock: IO[str] | None = None
        self._secrets = Secrets()
        self._postgres: Postgres | None = None
        self._store: ObjectStore | None = None
        self._ray: RayHead | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> Addresses:
        """Everything is ready when it returns; if it raises, nothing is left running.

        Raises HomeInUse and ServiceFailed. With a Ray of our own, this process gets the flags and
        the key to it in its environment: only then import ray.
        """
        self._enter_home()
        try:
            self._choose_services()
            for service in self._services:
                self._on_step(service.name, "starting")
                service.start()
                self._on_step(service.name, "ready")
            self._write_state()
        except BaseException:  # a Ctrl-C as well
            self.stop()
            raise
        if self._ray:
            os.environ.update(self._ray.environment)
        return self.addresses

    def stop(self) -> None:
        """Ends what was started, the last first. Harmless twice, and not to be interrupted."""
        with undisturbed():
            for service in reversed(self._services):
                self._on_step(service.name, "stopping")
                service.stop()
                self._on_step(service.name, "stopped")
            self._postgres = self._store = self._ray = None
            if self._lock is not None:
                self._lock.close()
                self._lock = None

    def heal(self) -> tuple[str, ...]:
        """Starts again what has died; returns the names. A new Ray knows no application."""
        dead = [service for service in self._services if not service.alive]
        for service in dead:
            self._on_step(service.name, "restarting")
            service.start()
            self._on_step(service.name, "ready")
        if dead:
            self._write_state()
        return tuple(service.name for service in dead)

    @property
    def addresses(self) -> Addresses:
        given, kept, store = self._external, self._secrets, self._store
        return Addresses(
            database_url=self._postgres.url() if self._postgres else given.database_url or "",
            s3_endpoint_url=store.endpoint_url if store else given.s3_endpoint_url or "",
            s3_access_key=kept.s3_access_key if store else given.s3_access_key or "",
            s3_secret_key=kept.s3_secret_key if store else given.s3_secret_key or "",
            ray_address=self._ray.address if self._ray else given.ray_address or "",
            jwt_secret=kept.jwt_secret,
            studio_id=kept.studio_id,
        )

    @property
    def storage_port(self) -> int | None:
        """Of the store that was started here, on the loopback."""
        return self._store.ports["s3"] if self._store else None

    @property
    def dashboard_url(self) -> str | None:
        """Ray's dashboard; it asks for the token in ``ray-token``. None if Ray runs elsewhere."""
        return self._ray.dashboard_url if self._ray else None

    @property
    def _services(self) -> list[Service]:
        return [each for each in (self._postgres, self._store, self._ray) if each is not None]

    def _enter_home(self) -> None:
        for folder in (self._home, self._home / "logs"):
            private_folder(folder)
        lock = (self._home / "lock").open("a")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise HomeInUse(str(self._home)) from error
        self._lock = lock

    def _choose_services(self) -> None:
        self._secrets = keep_secrets(self._home / "secrets.json")
        last = self._read_state()
        if self._external.database_url is None:
            self._postgres = self._own_postgres()
        if self._external.s3_endpoint_url is None:
            self._store = self._own_store(last.storage_ports)
        if self._external.ray_address is None:
            self._ray = self._own_ray(last.dashboard_port)

    def _own_postgres(self) -> Postgres:
        return Postgres(
            self._home / "postgres",
            self._sockets("db"),
            self._home / "logs" / "postgres.log",
            self._secrets.postgres_password,
        )

    def _own_store(self, ports: dict[str, int]) -> ObjectStore:
        secrets = self._secrets
        return ObjectStore(
            self._home / "objects",
            self._home / "logs" / "objects.log",
            StorageKeys(secrets.s3_access_key, secrets.s3_secret_key, secrets.s3_internal_key),
            self._bucket,
            ports,
            self._files_port,
        )

    def _own_ray(self, dashboard_port: int) -> RayHead:
        token = self._home / "ray-token"
        write_privately(token, self._secrets.ray_token)
        folder = self._sockets("ray")
        return RayHead(folder, self._home / "logs" / "ray.log", token, dashboard_port)

    def _sockets(self, service: str) -> Path:
        home = hashlib.sha256(str(self._home).encode()).hexdigest()[:10]
        return SOCKETS / f"lectern-{home}-{service}"

    def _read_state(self) -> "_State":
        file = self._home / "services.json"
        try:
            return _State(**json.loads(file.read_text())) if file.exists() else _State()
        except (ValueError, TypeError):
            return _State()  # only preferences are lost

    def _write_state(self) -> None:
        state = _State(
            addresses=asdict(self.addresses),
            storage_ports=self._store.ports if self._store else {},
            dashboard_port=self._ray.dashboard_port if self._ray else DASHBOARD_PORT,
            pids={service.name: service.pid for service in self._services},
        )
        write_privately(self._home / "services.json", json.dumps(asdict(state), indent=2))


@dataclass(frozen=True, slots=True)
class _State:
    """What ``services.json`` says of the last run; the next one prefers the same ports."""

    addresses: dict[str, str] = field(default_factory=dict)
    storage_ports: dict[str, int] = field(default_factory=dict)
    dashboard_port: int = DASHBOARD_PORT
    pids: dict[str, int | None] = field(default_factory=dict)
