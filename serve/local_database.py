"""The database of the studio on this machine, and in it the account of whoever sits here."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from db import users
from db.session import Database
from serve.local_account import EMAIL, USERNAME, Account, NoStudioHere, keep, read_local_account
from serve.security import hash_password
from serve.settings import Settings


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
