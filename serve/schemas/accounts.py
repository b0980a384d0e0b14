"""Accounts on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import (
    ConfigDict,
    EmailStr,
    Field,
    StringConstraints,
    model_validator,
)

from db.models import Role
from pipeline.lesson import without_nul
from serve.schemas.base import Answer, Body, Password, Time, Username


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


class UserRead(Answer):
    id: UUID
    email: str
    username: str
    role: Role
    created_at: Time
