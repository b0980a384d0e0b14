"""The database of the studio on this machine, and in it the account of whoever sits here."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.exc import OperationalError

from db import users
from db.session import Database
from pipeline.errors import LecternError
from serve.local_account import EMAIL, USERNAME, Account, NoStudioHere, keep, read_local_account
from serve.security import hash_password
from serve.settings import Settings


class DatabaseUnreachable(LecternError):
    """The database does not answer: {0}"""

    code = "database_unreachable"
    advice = "It is the one that DATABASE_URL names; where none is named, `lectern up` must run."


def keep_local_account(database: Database, home: Path, url: str) -> Account:
    """Makes the account if there is none yet; writes down where and how to sign in."""
    try:
        password = read_local_account(home).password
    except NoStudioHere:
        password = secrets.token_urlsafe(24)
    with database.transaction() as rows:
        if users.by_login(rows, USERNAME) is None:
            users.add(rows, email=EMAIL, username=USERNAME, password_hash=hash_password(password))
    account = Account(url, USERNAME, password)
    keep(account, home)
    return account


@contextmanager
def reaching_the_database() -> Iterator[None]:
    """Raises DatabaseUnreachable where no connection comes about, or one is lost."""
    try:
        yield
    except OperationalError as error:
        raise DatabaseUnreachable(str(error.orig).strip()) from error


@contextmanager
def studio_database(settings: Settings) -> Iterator[Database]:
    """The database that is configured, or that of the studio running here. Raises NoStudioHere,
    DatabaseUnreachable."""
    url = settings.database_url
    if url is None:
        state = settings.home / "services.json"
        if not state.exists():
            raise NoStudioHere(settings.home)
        url = json.loads(state.read_text())["addresses"]["database_url"]
    database = Database(url, pool_size=1)
    try:
        with reaching_the_database():
            yield database
    finally:
        database.close()
