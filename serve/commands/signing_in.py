"""Whose account a command works with."""

import getpass

from serve.commands.configured import configured
from serve.local_account import Account, read_local_account


def account(url: str | None, login: str | None) -> Account:
    """Whoever sits here, unless somebody else is named."""
    if login is None:
        return read_local_account(configured().home).at(url)
    here = url or f"http://{configured().host}:{configured().port}"
    return Account(here, login, getpass.getpass("Password: "))
