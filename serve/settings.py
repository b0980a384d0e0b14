"""Typed settings; the only reader of the environment.

Every name can stand in the environment or in ``.env`` as ``LECTERN_NAME``; the addresses of
services also under the names their own tools use (``DATABASE_URL``, ``S3_ENDPOINT_URL``,
``RAY_ADDRESS``).
"""

import shutil
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from deployments.kdtalker.setup import Setup as KDTalkerSetup
from deployments.zyphra.services import AnswerFormat, HostedModel, HostedSettings, RemoteSettings
from deployments.zyphra.zonos_speech.settings import Precision, Variant, ZonosSettings
from pipeline.errors import LecternError
from pipeline.outbound_rules import OutboundRules

SHORTEST_SECRET = 32
SERVICES_OF_PRODUCTION = (
    "database_url",
    "s3_endpoint_url",
    "s3_access_key",
    "s3_secret_key",
    "jwt_secret",
)


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
    pages: Path | None = None

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
    files_port: Annotated[int, Field(ge=1, le=55_535)] | None = None
    s3_region: str = "us-east-1"
    ray_address: str | None = Field(
        default=None, validation_alias=AliasChoices("LECTERN_RAY_ADDRESS", "RAY_ADDRESS")
    )
    ray_token: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("LECTERN_RAY_TOKEN", "RAY_AUTH_TOKEN")
    )

    dashboard_url: str | None = None

    jwt_secret: SecretStr | None = None
    jwt_previous_secrets: SecretStr | None = None
    cookie_secure: bool = False
    trusted_proxies: str = ""

    admin_email: str | None = None
    admin_username: str = "admin"
    admin_password: SecretStr | None = None

    openai_base_url: str | None = None
    openai_api_key: SecretStr | None = None
    openai_model: str | None = None
    openai_time_limit_seconds: float = 120.0
    openai_retries: int = 2
    gguf: Path | None = None

    zonos_variant: Variant = "transformer"
    zonos_precision: Precision = "auto"
    zonos_slots: Annotated[int, Field(ge=1, le=256)] | None = None
    zonos_positions: Annotated[int, Field(ge=1024, le=16_384)] = 4096
    zonos_on_cpu: bool = False

    zyphra_api_key: SecretStr | None = None
    zyphra_model: HostedModel = "zonos-v0.1-transformer"
    zyphra_voice: str | None = None
    zyphra_time_limit_seconds: float = 120.0
    remote_speech_base_url: str | None = None
    remote_speech_api_key: SecretStr | None = None
    remote_speech_model: str | None = None
    remote_speech_voice: str | None = None
    remote_speech_answers: AnswerFormat = "wav"
    remote_speech_pcm_rate: Annotated[int, Field(ge=8000, le=96_000)] = 24_000
    remote_speech_clones: bool = False
    remote_speech_extra: dict[str, Any] = {}
    remote_speech_time_limit_seconds: float = 120.0
    remote_speech_retries: int = 2

    kdtalker_device: Literal["auto", "cpu", "cuda"] = "auto"
    kdtalker_dtype: Literal["auto", "float32", "bfloat16", "float16"] = "auto"
    kdtalker_batch: int | None = Field(default=None, ge=1, le=256)
    kdtalker_encoder: Literal["auto", "libx264", "h264_nvenc"] = "auto"
    kdtalker_on_cpu: bool = False
    kdtalker_spread: bool = False

    webhook_http: bool = False
    webhook_private: bool = False
    webhook_networks: str = ""

    rate_read: Annotated[int, Field(ge=0)] = 3000
    rate_write: Annotated[int, Field(ge=0)] = 600
    rate_create: Annotated[int, Field(ge=0)] = 300
    rate_anonymous: Annotated[int, Field(ge=0)] = 300
    quota_video_minutes: Annotated[float, Field(ge=0)] | None = None
    quota_storage_bytes: Annotated[int, Field(ge=0)] | None = None
    quota_jobs: Annotated[int, Field(ge=0)] | None = 1000

    audit_days: Annotated[int, Field(ge=0, le=36_500)] = 730

    consent: Literal["recorded", "verified"] = "recorded"
    office: Path | None = None

    studio_id: Annotated[str, Field(pattern="^[0-9a-f]{4}$")] | None = None
    provenance_certificate: Path | None = None
    provenance_key: Path | None = None
    provenance_root: Path | None = None
    provenance_timestamps: str | None = None

    jobs_at_once: int = 2
    scenes_at_once: int = 2

    @model_validator(mode="after")
    def _production_is_given_everything(self) -> Self:
        if self.environment != "production":
            return self
        asked = [*SERVICES_OF_PRODUCTION, "studio_id", "provenance_certificate", "provenance_key"]
        missing = [f"LECTERN_{name.upper()}" for name in asked if getattr(self, name) is None]
        if missing:
            raise ValueError(f"production needs {', '.join(missing)}")
        if self.jwt_secret and len(self.jwt_secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"LECTERN_JWT_SECRET needs at least {SHORTEST_SECRET} characters")
        return self

    @model_validator(mode="after")
    def _lists_can_be_read(self) -> Self:
        if any(len(secret) < SHORTEST_SECRET for secret in self.previous_secrets):
            raise ValueError(
                f"LECTERN_JWT_PREVIOUS_SECRETS need at least {SHORTEST_SECRET} characters each"
            )
        try:
            _ = self.proxies
        except ValueError as error:
            raise ValueError(f"LECTERN_TRUSTED_PROXIES: {error}") from error
        try:
            _ = outbound_rules(self)
        except ValueError as error:
            raise ValueError(f"LECTERN_WEBHOOK_NETWORKS: {error}") from error
        return self

    @property
    def previous_secrets(self) -> tuple[str, ...]:
        """Secrets that sign no more, whose tokens are still good; separated by spaces."""
        given = self.jwt_previous_secrets
        return tuple(given.get_secret_value().split()) if given else ()

    @property
    def proxies(self) -> tuple[IPv4Network | IPv6Network, ...]:
        """Whose ``X-Forwarded-For`` is believed: addresses or networks, separated by spaces."""
        return tuple(ip_network(each) for each in self.trusted_proxies.split())

    def given(self, name: str) -> str:
        """The value of a setting that must be there by now. Raises SettingMissing."""
        value = getattr(self, name)
        if value is None:
            raise SettingMissing(f"LECTERN_{name.upper()}")
        return str(value.get_secret_value() if isinstance(value, SecretStr) else value)

    @property
    def anchors(self) -> str | None:
        """The certificates that credentials are trusted by, as PEM; a certificate that was brought
        stands for itself."""
        given = self.provenance_root or self.provenance_certificate
        return given.read_text() if given else None

    @property
    def models_folder(self) -> Path:
        return (self.models or self.home / "models").absolute()

    @property
    def proved_voices(self) -> bool:
        """Whether a voice is used only when its consent is verified."""
        return self.consent == "verified"

    @property
    def speaker_encoder(self) -> Path:
        """The network that tells voices apart: it comes with the voice match."""
        return self.models_folder / "resemblyzer" / "pretrained.pt"

    @property
    def office_program(self) -> Path | None:
        """LibreOffice, by its setting or where programs are found; None where it is not."""
        found = shutil.which(str(self.office or "soffice"))
        return Path(found).absolute() if found else None

    @property
    def gguf_file(self) -> Path:
        small = self.models_folder / "smollm2" / "SmolLM2-135M-Instruct.Q4_1.gguf"
        return self.gguf.absolute() if self.gguf else small


def outbound_rules(settings: Settings) -> OutboundRules:
    """Where webhooks may lead; the networks are separated by spaces."""
    networks = tuple(ip_network(each) for each in settings.webhook_networks.split())
    return OutboundRules(settings.webhook_http, settings.webhook_private, networks)


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


def kdtalker_setup(settings: Settings) -> KDTalkerSetup:
    """How KDTalker is run here."""
    return KDTalkerSetup(
        settings.kdtalker_device,
        settings.kdtalker_dtype,
        settings.kdtalker_batch,
        settings.kdtalker_encoder,
        settings.kdtalker_on_cpu,
    )


def zonos_settings(settings: Settings) -> ZonosSettings:
    return ZonosSettings(
        settings.zonos_variant,
        settings.zonos_precision,
        settings.zonos_slots,
        settings.zonos_positions,
        settings.zonos_on_cpu,
    )


def hosted_settings(settings: Settings) -> HostedSettings:
    key = settings.zyphra_api_key
    return HostedSettings(
        key.get_secret_value() if key else None,
        settings.zyphra_model,
        settings.zyphra_voice,
        time_limit_seconds=settings.zyphra_time_limit_seconds,
    )


def remote_settings(settings: Settings) -> RemoteSettings:
    key = settings.remote_speech_api_key
    return RemoteSettings(
        settings.remote_speech_base_url,
        key.get_secret_value() if key else None,
        settings.remote_speech_model,
        settings.remote_speech_voice,
        settings.remote_speech_answers,
        settings.remote_speech_pcm_rate,
        settings.remote_speech_clones,
        settings.remote_speech_extra,
        settings.remote_speech_time_limit_seconds,
        settings.remote_speech_retries,
    )
