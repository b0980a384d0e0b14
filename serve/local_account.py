"""The account of whoever sits at this machine: what `lectern make` signs in with.

`lectern up` makes it at its first start, with a password nobody chose, in a file only its user
can read. It is an ordinary creator, never an administrator.
"""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from db import users
from db.session import Database
from pipeline.errors import LecternError
from serve.security import hash_password
from serve.settings import Settings

USERNAME = "local"
EMAIL = "local@lectern.localhost"


class NoStudioHere(LecternError):
    """No studio has been started in {0}."""

    code = "no_studio"
    advice = "Start one with `lectern up`, or name one with --url and --login."


@dataclass(frozen=True, slots=True)
class Account:
    url: str
    username: str
    password: str

    def at(self, url: str | None) -> Self:
        return replace(self, url=url or self.url)


def keep_local_account(database: Database, home: Path, url: str) -> Account:
    """Makes the account if there is none yet; writes down where and how to sign in."""
    file = _file(home)
    password = read_local_account(home).password if file.exists() else secrets.token_urlsafe(24)
    account = Account(url, USERNAME, password)
    with database.transaction() as rows:
        if users.by_login(rows, USERNAME) is None:
            users.add(rows, email=EMAIL, username=USERNAME, password_hash=hash_password(password))
    file.touch(mode=0o600)
    file.write_text(json.dumps(asdict(account)))
    return account


def read_local_account(home: Path) -> Account:
    try:
        return Account(**json.loads(_file(home).read_text()))
    except FileNotFoundError as error:
        raise NoStudioHere(home) from error


@contextmanager
def studio_database(settings: Settings) -> Iterator[Database]:
    """The database that is configured, or that of the studio running here. Raises NoStudioHere."""
    url = settings.database_url
    if url is None:
        state = settings.home / "services.json"
        if not state.exists():
            raise NoStudioHere(settings.home)
        url = json.loads(state.read_text())["addresses"]["database_url"]
    database = Database(url, pool_size=1)
    try:
        yield database
    finally:
        database.close()


def _file(home: Path) -> Path:
    return home / "account.json"
