"""Administrators made from the command line or the environment: never with a default password."""

from pydantic import EmailStr, TypeAdapter, ValidationError

from db import audit, users
from db.models import Role
from db.session import Database
from pipeline.errors import LecternError
from serve.schemas import Password, Username
from serve.security import hash_password, is_guessable
from serve.settings import Settings

EMAIL: TypeAdapter[str] = TypeAdapter(EmailStr)
USERNAME: TypeAdapter[str] = TypeAdapter(Username)
PASSWORD: TypeAdapter[str] = TypeAdapter(Password)


class AccountRefused(LecternError):
    """The account cannot be made: {0}"""

    code = "account_refused"
    advice = "Choose another name or password."


def make_admin(database: Database, email: str, username: str, password: str) -> None:
    """By the rules of every account. Raises AccountRefused."""
    _check("email address", EMAIL, email)
    name = _check("username", USERNAME, username)
    _check("password", PASSWORD, password)
    if is_guessable(password, name, email, email.split("@")[0]):
        raise AccountRefused("the password is too easily guessed.")
    hashed = hash_password(password)
    with database.transaction() as db:
        made = users.add(db, email=email, username=name, password_hash=hashed, role=Role.ADMIN)
        if made is None:
            raise AccountRefused("the email address or username is taken.")
        audit.write(
            db,
            actor_id=None,
            action="account.registered",
            target=f"user:{made.id}",
            address="",
            agent="lectern",
            details={"role": Role.ADMIN.value},
        )


def make_first_admin(database: Database, settings: Settings) -> bool:
    """Makes the administrator that the environment names, unless there is one. Raises
    AccountRefused. Once there is one, what the environment says of them is not read again.
    """
    if settings.admin_email is None or settings.admin_password is None:
        return False
    with database.transaction() as db:
        if users.lock_admins(db):
            return False
    password = settings.admin_password.get_secret_value()
    make_admin(database, settings.admin_email, settings.admin_username, password)
    return True


def _check(what: str, kind: TypeAdapter[str], value: str) -> str:
    try:
        return kind.validate_python(value)
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise AccountRefused(f"{what}: {reason}.") from None
