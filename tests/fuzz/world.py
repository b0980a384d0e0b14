"""Who asks, and about what: requests from thin air get an account, ids that exist, and assets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any
from uuid import uuid4

from schemathesis import Case, GenerationMode
from sqlalchemy.orm import Session as Transaction

from db.models import AssetKind, Role, User
from db.session import Database
from serve.access import Scope
from tests.api.owned import ANYONES, OWNED, a_key, a_spoken_consent, bearer, password_hash, signed
from tests.factories import a_user, a_webhook, an_asset

ASSETS: dict[str, Callable[[Transaction, User], Any]] = {
    "portrait_id": lambda db, owner: an_asset(db, owner),
    "voice_id": lambda db, owner: an_asset(db, owner, kind=AssetKind.VOICE),
    "slide_id": lambda db, owner: an_asset(db, owner, kind=AssetKind.SLIDE),
    "webhook_id": lambda db, owner: a_webhook(db, owner),
}
"""What a body names by id: how to make it."""
OFTEN = 0.8


@dataclass
class World:
    """One person of each kind, and what they have; made anew for each operation."""

    database: Database
    random: Random
    people: dict[str, User] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)

    def renew(self) -> None:
        with self.database.transaction() as db:
            self.people = {
                "admin": _somebody(db, role=Role.ADMIN),
                "creator": _somebody(db),
                "viewer": _somebody(db, role=Role.VIEWER),
            }
            self.named = {
                name: str(make(db, self.people["admin"]).id) for name, make in ASSETS.items()
            }

    def settle(self, case: Case) -> None:
        """Has somebody ask, mostly one who may, and mostly about what is there."""
        with self.database.transaction() as db:
            self._sign(db, case)
            for place in case.path_parameters or {}:
                if self.random.random() < OFTEN:
                    case.path_parameters[place] = self._id(db, place)
        if _is_wrong_on_purpose(case):
            return
        for holder, name in _ids_in(case.body):
            if self.random.random() < OFTEN:
                holder[name] = self.named[name]

    def _sign(self, db: Transaction, case: Case) -> None:
        draw = self.random.random()
        case.headers.pop("Authorization", None)
        if draw < 0.03:
            return
        if draw < 0.09:
            headers = signed(db, self.people["viewer" if draw < 0.06 else "creator"])
        elif draw < 0.15:
            headers = bearer(a_key(db, self.people["admin"], list(Scope))[0])
        else:
            headers = signed(db, self.people["admin"])
        case.headers.update(headers)

    def _id(self, db: Transaction, place: str) -> str:
        if place in ANYONES:
            return ANYONES[place]
        if place == "user_id":
            return str(_somebody(db).id)
        if place == "consent_id":
            return str(a_spoken_consent(db, _somebody(db)))
        return OWNED[place](db, self.people["admin"])


def _is_wrong_on_purpose(case: Case) -> bool:
    return case.meta is not None and case.meta.generation.mode is GenerationMode.NEGATIVE


def _somebody(db: Transaction, **given: Any) -> User:
    name = uuid4().hex
    return a_user(
        db,
        username=name,
        email=f"{name}@example.org",
        password_hash=password_hash(),
        **given,
    )


def _ids_in(body: object) -> Iterator[tuple[dict[str, Any], str]]:
    """Every object in a body that names something by id, and under which name."""
    if isinstance(body, dict):
        yield from ((body, name) for name in ASSETS if name in body)
        for value in body.values():
            yield from _ids_in(value)
    elif isinstance(body, list):
        for value in body:
            yield from _ids_in(value)
