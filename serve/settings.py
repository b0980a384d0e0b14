"""Typed settings; the only reader of the environment.

Every name can stand in the environment or in ``.env`` as ``LECTERN_NAME``; the addresses of
services also under the names their own tools use (``DATABASE_URL``, ``S3_ENDPOINT_URL``,
``RAY_ADDRESS``).
"""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from pipeline.errors import LecternError

SHORTEST_SECRET = 32


class SettingMissing(LecternError):
    """The setting {0} is not there."""

    code = "setting_missing"
    advice = "Set it in the environment or in .env, or start the studio with `lectern up`."


class Settings(BaseSettings):
    """An address left out means: start that service here, in ``home``."""

    model_config = SettingsConfigDict(
        env_prefix="LECTERN_", env_file=".env", extra="ignore", frozen=True, populate_by_name=True
    )

    environment: Literal["development", "production"] = "development"
    home: Path = Path(".lectern")
    host: str = "127.0.0.1"
    port: int = 8000
    models: Path | None = None

    database_url: str | None = Field(
        default=None, validation_alias=AliasChoices("LECTERN_DATABASE_URL", "DATABASE_URL")
    )
    s3_endpoint_url: str | None = Field(
        default=None, validation_alias=AliasChoices("LECTERN_S3_ENDPOINT_URL", "S3_ENDPOINT_URL")
    )
    s3_public_endpoint_url: str | None = None
    s3_access_key: str | None = None
    s3_secret_key: SecretStr | None = None
    s3_bucket: str = "lectern"
    s3_region: str = "us-east-1"
    ray_address: str | None = Field(
        default=None, validation_alias=AliasChoices("LECTERN_RAY_ADDRESS", "RAY_ADDRESS")
    )
    ray_token: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("LECTERN_RAY_TOKEN", "RAY_AUTH_TOKEN")
    )

    jwt_secret: SecretStr | None = None
    cookie_secure: bool = False

    openai_base_url: str | None = None
    openai_api_key: SecretStr | None = None
    openai_model: str | None = None
    openai_time_limit_seconds: float = 120.0
    openai_retries: int = 2
    gguf: Path | None = None

    jobs_at_once: int = 2
    scenes_at_once: int = 2

    @model_validator(mode="after")
    def _production_is_given_everything(self) -> Self:
        if self.environment != "production":
            return self
        asked = ("database_url", "s3_endpoint_url", "s3_access_key", "s3_secret_key", "jwt_secret")
        missing = [f"LECTERN_{name.upper()}" for name in asked if getattr(self, name) is None]
        if missing:
            raise ValueError(f"production needs {', '.join(missing)}")
        if self.jwt_secret and len(self.jwt_secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"LECTERN_JWT_SECRET needs at least {SHORTEST_SECRET} characters")
        return self

    def given(self, name: str) -> str:
        """The value of a setting that must be there by now. Raises SettingMissing."""
        value = getattr(self, name)
        if value is None:
            raise SettingMissing(f"LECTERN_{name.upper()}")
        return str(value.get_secret_value() if isinstance(value, SecretStr) else value)

    @property
    def models_folder(self) -> Path:
        return (self.models or self.home / "models").absolute()

    @property
    def gguf_file(self) -> Path:
        small = self.models_folder / "smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"
        return self.gguf.absolute() if self.gguf else small


def openai_endpoint(settings: Settings) -> dict[str, Any]:
    """What :class:`deployments.llm.openai_engine.OpenAiCompatible` takes."""
    key = settings.openai_api_key
    return {
        "base_url": settings.openai_base_url,
        "api_key": key.get_secret_value() if key else None,
        "model": settings.openai_model,
        "time_limit_seconds": settings.openai_time_limit_seconds,
        "retries": settings.openai_retries,
    }
