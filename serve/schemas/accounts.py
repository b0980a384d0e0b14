"""Accounts on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    AfterValidator,
    ConfigDict,
    EmailStr,
    Field,
    StringConstraints,
    model_validator,
)

from db.models import Role
from pipeline.spec import without_nul
from serve.schemas.base import Answer, Body, Page, Password, Time, Username


class Registration(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "email": "ada@example.org",
                    "username": "ada",
                    "password": "a quiet river at noon",
                }
            ]
        }
    )

    email: EmailStr
    username: Username
    password: Password


class Login(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"login": "ada", "password": "a quiet river at noon", "remember_me": True}]
        }
    )

    login: Annotated[str, StringConstraints(min_length=1, max_length=320)] = Field(
        description="The email address or the username."
    )
    password: Annotated[str, StringConstraints(max_length=128)]
    remember_me: bool = False
    refresh_in_body: bool = Field(
        False, description="Gives the refresh token in the body instead of a cookie."
    )

    @model_validator(mode="after")
    def _no_nul(self) -> "Login":
        without_nul(self.login + self.password)
        return self


class Refresh(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"refresh_token": "b0f3…"}, {}]})

    refresh_token: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None, description="Where it is left out, the cookie is read."
    )


class AccessRead(Answer):
    """An access token, and the refresh token where the client asked for it in the body."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(description="Seconds.")
    refresh_token: str | None = None


class AccountChange(Body):
    """What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"email": "ada@example.com"}, {}]})

    email: EmailStr | None = None
    username: Username | None = None


class PasswordChange(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"old_password": "a quiet river at noon", "new_password": "seven green ladders"}
            ]
        }
    )

    old_password: Annotated[str, StringConstraints(max_length=128), AfterValidator(without_nul)]
    new_password: Password


class SessionRead(Answer):
    """Where one is signed in. ``current``: it is the session that asks."""

    id: UUID
    current: bool = False
    address: str
    user_agent: str
    remember: bool
    created_at: Time
    used_at: Time = Field(description="When the access token was last renewed.")
    expires_at: Time


class SessionPage(Page[SessionRead]):
    pass


class UserRead(Answer):
    id: UUID
    email: str
    username: str
    role: Role
    created_at: Time
