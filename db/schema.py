"""Brings a database to the tables that the models describe."""

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine, text

from db.session import CONNECT_SECONDS, psycopg2_url

_LOCK = 0x1EC7E12
"""Any number of our own: of several processes that migrate at once, the others wait."""


def migrate(url: str, revision: str = "head") -> None:
    """Upgrades, in one transaction; harmless when there is nothing to do."""
    _run(url, command.upgrade, revision)


def unmigrate(url: str, revision: str = "base") -> None:
    """Downgrades, in one transaction. ``base`` drops every table."""
    _run(url, command.downgrade, revision)


def _run(url: str, step: Callable[[Config, str], None], revision: str) -> None:
    engine = create_engine(
        psycopg2_url(url), poolclass=NullPool, connect_args={"connect_timeout": CONNECT_SECONDS}
    )
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        step(config, revision)
