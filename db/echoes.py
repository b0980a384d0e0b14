"""A call through the database that every producer hears, and the answers."""

from sqlalchemy import text
from sqlalchemy.orm import Session

PINGS_CHANNEL = "lectern_pings"
"""A token: whoever takes jobs says it back."""
PONGS_CHANNEL = "lectern_pongs"
"""``token name`` of a producer that hears."""


def ping(session: Session, token: str) -> None:
    _notify(session, PINGS_CHANNEL, token)


def pong(session: Session, token: str, name: str) -> None:
    _notify(session, PONGS_CHANNEL, f"{token} {name}")


def _notify(session: Session, channel: str, payload: str) -> None:
    session.execute(text("SELECT pg_notify(:c, :p)"), {"c": channel, "p": payload})
