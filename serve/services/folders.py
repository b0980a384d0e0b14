"""Folders that nobody else looks into."""

import os
import pwd
import shutil
import stat
from pathlib import Path

from pipeline.errors import ServiceFailed


def private_folder(folder: Path, account: str | None = None) -> None:
    """Makes the folder, if need be, for us alone, or for ``account`` alone if we are root.

    Raises ServiceFailed when somebody else already made one under its name.
    """
    owners = {os.geteuid()} | ({pwd.getpwnam(account).pw_uid} if account else set())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in owners:
        raise ServiceFailed("Folders", f"{folder} belongs to someone else.")
    folder.chmod(0o700)
    if account:
        shutil.chown(folder, account, account)
        _let_through(folder)


def _let_through(folder: Path) -> None:
    """Lets the account come to its folder from above: to pass through, not to look inside."""
    for above in folder.parents:
        mode = above.stat().st_mode
        if not mode & stat.S_IXOTH:
            above.chmod(mode | stat.S_IXOTH)
