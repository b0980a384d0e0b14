"""The services of one machine: up, down, killed, and up again with all data there."""

import json
import os
import random
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psutil
import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from db.session import Database
from pipeline.errors import HomeInUse, ServiceFailed
from pipeline.storage import Storage
from serve.local import Addresses, External, LocalServices
from serve.services.cluster import MARK
from serve.services.objects import GRPC_OFFSET, USUAL_PORTS
from serve.services.ports import OWN_RANGE

REPOSITORY = Path(__file__).parents[2]
NO_RAY = External(ray_address="not started here")
STUDIO = """
import random
import sys
from pathlib import Path
from serve.local import External, LocalServices
from serve.services.objects import USUAL_PORTS
from serve.services.ports import OWN_RANGE
from serve.services.signals import interrupted_by_signals, set_by_signals

USUAL_PORTS.update(zip(USUAL_PORTS, random.sample(OWN_RANGE, len(USUAL_PORTS))))
external = External(ray_address=sys.argv[2] or None)
with interrupted_by_signals(), LocalServices(Path(sys.argv[1]), external):
    with set_by_signals() as stopped:
        print("up", flush=True)
        stopped.wait()
"""


@pytest.fixture(autouse=True)
def ports_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual ones are everybody's: what is killed here would lose them to another process."""
    drawn = random.sample(OWN_RANGE, len(USUAL_PORTS))
    for part, port in zip(list(USUAL_PORTS), drawn, strict=True):
        monkeypatch.setitem(USUAL_PORTS, part, port)


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that Postgres's own account can reach; after the test nothing may run in it."""
    with tempfile.TemporaryDirectory(prefix="lectern-home-", dir="/tmp") as folder:
        yield Path(folder) / "studio"
        survivors = services_of(Path(folder) / "studio")
        for each in survivors:
            each.kill()
    assert survivors == []


def services_of(home: Path) -> list[psutil.Process]:
    """Every process that was given a folder of this home, or belongs to its Ray."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        try:
            marked = MARK in process.environ() and str(home) in process.environ().get(
                "RAY_AUTH_TOKEN_PATH", ""
            )
        except psutil.Error:
            marked = False
        named = any(f"{home}/" in part for part in process.info["cmdline"] or [])
        if (marked or named) and process.pid != os.getpid():
            found.append(process)
    return found


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def storage_at(found: Addresses) -> Storage:
    return Storage(found.s3_endpoint_url, found.s3_access_key, found.s3_secret_key, "lectern")


def leave_data(found: Addresses) -> None:
    database = Database(found.database_url)
    with database.transaction() as session:
        session.execute(text("CREATE TABLE kept AS SELECT 'a row' AS what"))
    database.close()
    storage_at(found).put("kept", b"an object", "text/plain")


def assert_data_is_there(found: Addresses) -> None:
    database = Database(found.database_url)
    with database.transaction() as session:
        assert session.scalar(text("SELECT what FROM kept")) == "a row"
    database.close()
    assert storage_at(found).get("kept") == b"an object"


def addresses_in(home: Path) -> Addresses:
    return Addresses(**json.loads((home / "services.json").read_text())["addresses"])


def pids_in(home: Path) -> dict[str, int]:
    pids: dict[str, int] = json.loads((home / "services.json").read_text())["pids"]
    return pids


def wait_for(happened: Callable[[], bool], seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    """Who has ended is there for a moment still, until somebody has asked how."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def kill(pid: int) -> None:
    process = psutil.Process(pid)
    process.kill()
    psutil.wait_procs([process], 300)


@pytest.fixture
def run_studio() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Starts a studio's services as a program of its own; returns when they are up."""
    started: list[subprocess.Popen[str]] = []

    def run(home: Path, ray_address: str = "elsewhere") -> subprocess.Popen[str]:
        studio = subprocess.Popen(
            [sys.executable, "-c", STUDIO, str(home), ray_address],
            stdout=subprocess.PIPE,
            text=True,
            cwd=REPOSITORY,
        )
        started.append(studio)
        assert studio.stdout is not None
        assert studio.stdout.readline() == "up\n"
        return studio

    yield run
    for studio in started:
        studio.kill()
        studio.communicate()


def test_a_first_start_makes_secrets_that_only_their_owner_reads(home: Path):
    steps: list[tuple[str, str]] = []
    with LocalServices(home, NO_RAY, on_step=lambda *step: steps.append(step)) as services:
        found = services.addresses
        assert found.ray_address == "not started here"
        for file in ("secrets.json", "services.json", "objects/s3.json", "objects/security.toml"):
            assert mode(home / file) == 0o600, file
        for folder in ("postgres", "objects", "logs"):
            assert mode(home / folder) == 0o700, folder
        (sockets,) = parse_qs(urlsplit(found.database_url).query)["host"]
        assert mode(Path(sockets)) == 0o700
        assert mode(home) & 0o077 in (0, 0o001)  # to pass through, where root lends to Postgres
        leave_data(found)
    assert steps == [
        (name, state)
        for states, names in (
            (("starting", "ready"), ("Postgres", "Object storage")),
            (("stopping", "stopped"), ("Object storage", "Postgres")),
        )
        for name in names
        for state in states
    ]
    assert services_of(home) == []
    assert not Path(sockets).exists()
    with LocalServices(home, NO_RAY) as services:
        assert services.addresses == found
        assert_data_is_there(found)


def test_nobody_enters_the_database_without_its_password(home: Path):
    with LocalServices(home, NO_RAY) as services:
        url = services.addresses.database_url
        password = json.loads((home / "secrets.json").read_text())["postgres_password"]
        database = Database(url.replace(password, "guessed"))
        with (
            pytest.raises(OperationalError, match="password authentication failed"),
            database.transaction() as session,
        ):
            session.execute(text("SELECT 1"))
        database.close()


def test_a_second_studio_on_the_same_home_is_refused_with_a_sentence(home: Path):
    with LocalServices(home, NO_RAY) as first:
        second = LocalServices(home, NO_RAY)
        with pytest.raises(HomeInUse, match=f"already running in {home}"):
            second.start()
        second.stop()
        leave_data(first.addresses)
        assert_data_is_there(first.addresses)


def test_two_studios_with_homes_of_their_own_run_side_by_side(home: Path):
    with (
        LocalServices(home / "a", NO_RAY) as one,
        LocalServices(home / "b", NO_RAY) as other,
    ):
        leave_data(one.addresses)
        leave_data(other.addresses)
        storage_at(other.addresses).put("kept", b"the other's", "text/plain")
        assert_data_is_there(one.addresses)
        assert one.addresses.jwt_secret != other.addresses.jwt_secret


@pytest.mark.parametrize("offset", [0, GRPC_OFFSET])
def test_taken_ports_are_replaced(home: Path, offset: int):
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", USUAL_PORTS["s3"] + offset))
            other.listen()
        except OSError:
            pass  # then somebody else has taken it, which serves as well
        with LocalServices(home, NO_RAY) as services:
            assert services.addresses.s3_endpoint_url != f"http://127.0.0.1:{USUAL_PORTS['s3']}"
            leave_data(services.addresses)
            assert_data_is_there(services.addresses)


def test_what_runs_elsewhere_is_not_started(home: Path):
    external = External("postgresql://a@b/c", "https://s3.example", "key", "secret", "ray:1")
    with LocalServices(home, external) as services:
        found = services.addresses
        assert (found.database_url, found.s3_endpoint_url, found.ray_address) == (
            "postgresql://a@b/c",
            "https://s3.example",
            "ray:1",
        )
        assert (found.s3_access_key, found.s3_secret_key) == ("key", "secret")
        assert len(found.jwt_secret) >= 32
        assert services.dashboard_url is None
        assert services_of(home) == []


@pytest.mark.parametrize(
    "victims", [["Postgres"], ["Object storage"], ["Postgres", "Object storage"]]
)
def test_a_killed_service_is_started_again_at_the_same_address(home: Path, victims: list[str]):
    with LocalServices(home, NO_RAY) as services:
        found = services.addresses
        leave_data(found)
        assert services.heal() == ()
        for name in victims:
            kill(pids_in(home)[name])
        assert services.heal() == tuple(victims)
        assert services.addresses == found
        assert_data_is_there(found)
        assert services.heal() == ()


def test_an_interrupted_start_leaves_nothing_running(home: Path):
    def interrupt(name: str, state: str) -> None:
        if (name, state) == ("Object storage", "ready"):
            raise KeyboardInterrupt

    services = LocalServices(home, NO_RAY, on_step=interrupt)
    with pytest.raises(KeyboardInterrupt):
        services.start()
    assert services_of(home) == []
    services.stop()
    with LocalServices(home, NO_RAY) as again:
        leave_data(again.addresses)


def test_a_start_that_fails_says_why_and_leaves_nothing_running(home: Path):
    (home / "objects").mkdir(parents=True)
    (home / "objects" / "data").write_text("a file where a folder should be")
    with pytest.raises((ServiceFailed, FileExistsError)):
        LocalServices(home, NO_RAY).start()
    assert services_of(home) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_studio_leaves_nothing_running(
    home: Path, run_studio: Callable[..., subprocess.Popen[str]], number: int
):
    studio = run_studio(home)
    assert len(services_of(home)) >= 2
    studio.send_signal(number)
    assert studio.wait(300) == 0
    assert services_of(home) == []


@pytest.mark.parametrize(
    "victims", [[], ["Postgres"], ["Object storage"], ["Postgres", "Object storage"]]
)
def test_after_a_kill_of_the_studio_and_any_service_all_data_is_there(
    home: Path, run_studio: Callable[..., subprocess.Popen[str]], victims: list[str]
):
    studio = run_studio(home)
    leave_data(addresses_in(home))
    left_alone = set(pids_in(home).values()) - {pids_in(home)[name] for name in victims}
    kill(studio.pid)
    for name in victims:
        kill(pids_in(home)[name])
    with LocalServices(home, NO_RAY) as services:
        assert not [pid for pid in left_alone if is_running(pid)]
        assert_data_is_there(services.addresses)
    assert services_of(home) == []


def test_a_pid_that_another_program_got_since_is_left_alone(home: Path):
    with LocalServices(home, NO_RAY) as services:
        leave_data(services.addresses)
        pids = pids_in(home)
        lines = (home / "postgres" / "postmaster.pid").read_text().splitlines()
        kill(pids["Postgres"])
        stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(300)"])
        try:
            lines[0] = str(stranger.pid)
            (home / "postgres" / "postmaster.pid").write_text("\n".join(lines))
            assert services.heal() == ("Postgres",)
            assert stranger.poll() is None
            assert_data_is_there(services.addresses)
        finally:
            stranger.kill()
            stranger.wait()


DRIVER = """
import ray, sys
ray.init(address=sys.argv[1], log_to_driver=False)
print(ray.get(ray.remote(lambda: 6 * 7).remote()))
"""


def answer_of_ray(address: str, environment: dict[str, str]) -> str:
    there = subprocess.run(
        [sys.executable, "-c", DRIVER, address],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return there.stdout.strip()


def own_environment(home: Path) -> dict[str, str]:
    """What the studio's processes have: the flags, and the way to the token."""
    for process in services_of(home):
        with suppress(psutil.Error):  # workers of Ray come and go
            found = process.environ()
            if MARK in found:
                return {key: value for key, value in found.items() if key.startswith("RAY_")}
    raise AssertionError("no process of Ray's")


def addresses_of(process: psutil.Process) -> set[str]:
    """At which it listens."""
    with suppress(psutil.Error):
        found = process.net_connections("tcp")
        return {each.laddr.ip for each in found if each.status == psutil.CONN_LISTEN}
    return set()


@pytest.mark.cluster
@pytest.mark.timeout(600)
def test_ray_answers_its_owner_on_the_loopback_and_goes_with_the_studio(
    home: Path, run_studio: Callable[..., subprocess.Popen[str]]
):
    studio = run_studio(home, ray_address="")
    environment = own_environment(home)
    address = addresses_in(home).ray_address
    assert answer_of_ray(address, environment) == "42"
    assert mode(home / "ray-token") == 0o600
    listening = set().union(*map(addresses_of, services_of(home)))
    assert "127.0.0.1" in listening
    assert listening <= {"127.0.0.1", "::ffff:127.0.0.1", "::1"}
    stranger = environment | {"RAY_AUTH_TOKEN_PATH": "", "RAY_AUTH_TOKEN": "guessed"}
    assert answer_of_ray(address, stranger) == ""

    before = {each.pid for each in services_of(home)}
    kill(studio.pid)
    again = run_studio(home, ray_address="")
    assert not before & {each.pid for each in services_of(home)}
    assert answer_of_ray(addresses_in(home).ray_address, environment) == "42"

    again.terminate()
    assert again.wait(300) == 0
    assert services_of(home) == []


@pytest.mark.cluster
@pytest.mark.timeout(900)
def test_a_ray_that_lost_a_part_is_started_anew(home: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(os, "environ", dict(os.environ))
    here = External("postgresql://a@b/c", "https://s3.example", "key", "secret")
    with LocalServices(home, here) as services:
        for part in ("gcs_server", "raylet", "head.py"):
            old = services.addresses.ray_address
            kill(part_of_ray(home, part).pid)
            wait_for(lambda: services.heal() == ("Ray",))
            assert services.addresses.ray_address != old, part
            answer = answer_of_ray(services.addresses.ray_address, own_environment(home))
            assert answer == "42", part


def part_of_ray(home: Path, part: str) -> psutil.Process:
    for each in services_of(home):
        with suppress(psutil.Error):
            if any(word.endswith(part) for word in each.cmdline()[:3]):
                return each
    raise AssertionError(f"{part} does not run")
