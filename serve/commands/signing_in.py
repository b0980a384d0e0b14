"""Whose account a command works with."""

import getpass

from serve.local_account import Account, read_local_account
from serve.settings import Settings


def account(url: str | None, login: str | None) -> Account:
    """Whoever sits here, unless somebody else is named."""
    if login is None:
        return read_local_account(Settings().home).at(url)
    here = url or f"http://{Settings().host}:{Settings().port}"
    return Account(here, login, getpass.getpass("Password: "))
