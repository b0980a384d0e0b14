"""The account of whoever sits at this machine: what `lectern make` signs in with.

`lectern up` makes it at its first start, with a password nobody chose, in a file only its user
can read. It is an ordinary creator, never an administrator.
"""

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from pipeline.errors import LecternError

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


def keep(account: Account, home: Path) -> None:
    """Writes down where and how to sign in, for this machine's user alone."""
    file = _file(home)
    file.touch(mode=0o600)
    file.write_text(json.dumps(asdict(account)))


def read_local_account(home: Path) -> Account:
    try:
        return Account(**json.loads(_file(home).read_text()))
    except FileNotFoundError as error:
        raise NoStudioHere(home) from error


def _file(home: Path) -> Path:
    return home / "account.json"
