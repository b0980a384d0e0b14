"""Webhooks on the wire."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints

from db.models import DeliveryStatus
from pipeline.outbound_rules import LONGEST_URL
from pipeline.spec import without_nul
from serve.schemas.base import Answer, Body, Page, Time

LONGEST_OVERLAP_HOURS = 7 * 24

WebhookKind = Literal["job.succeeded", "job.failed", "job.cancelled", "batch.finished"]
DeliveryKind = Literal["job.succeeded", "job.failed", "job.cancelled", "batch.finished", "ping"]
Kinds = Annotated[
    list[WebhookKind],
    Field(min_length=1, max_length=4),
    AfterValidator(lambda kinds: sorted(set(kinds))),
]
Url = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_URL), AfterValidator(without_nul)
]
Description = Annotated[str, StringConstraints(max_length=500), AfterValidator(without_nul)]


class WebhookAsk(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "url": "https://hooks.example.com/lectern",
                    "kinds": ["job.succeeded", "job.failed", "batch.finished"],
                    "description": "course builder",
                }
            ]
        }
    )

    url: Url = Field(description="Public, and beginning with https://; no redirect is followed.")
    kinds: Kinds
    description: Description = ""
    enabled: bool = True


class WebhookChange(Body):
    """What is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"enabled": False}]})

    url: Url | None = None
    kinds: Kinds | None = None
    description: Description | None = None
    enabled: bool | None = Field(
        None, description="What is still to be sent when it is disabled fails, and stays so."
    )


class SecretChange(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 24}]})

    overlap_hours: Annotated[float, Field(strict=True, ge=0, le=LONGEST_OVERLAP_HOURS)] = Field(
        24, description="For how long the old secret signs too. 0 where it has leaked."
    )


class WebhookRead(Answer):
    """``disabled_reason`` says why the studio disabled it; null where its owner did.
    ``failing_since``: nothing has got through since then."""

    id: UUID
    url: str
    kinds: list[WebhookKind]
    description: str
    enabled: bool
    disabled_at: Time | None
    disabled_reason: str | None
    failing_since: Time | None
    previous_secret_until: Time | None = Field(validation_alias="previous_until")
    created_at: Time


class WebhookMade(WebhookRead):
    """The only answer that holds the secret."""

    secret: str


class WebhookPage(Page[WebhookRead]):
    pass


class TryRead(Answer):
    """``status`` is null where no answer came; ``answer`` is how the answer began."""

    number: int
    created_at: Time
    milliseconds: int
    status: int | None
    answer: str
    error_code: str | None
    error_detail: str | None


class DeliveryRead(Answer):
    """``next_at`` is when it is tried next. A redelivery has the event's id, and one of its own."""

    id: UUID
    event_id: str
    kind: DeliveryKind
    job_id: UUID | None
    batch_id: UUID | None
    redelivery_of: UUID | None
    status: DeliveryStatus
    attempts: int
    next_at: Time | None
    error_code: str | None
    error_detail: str | None
    tries: list[TryRead]
    created_at: Time
    finished_at: Time | None


class DeliveryWhole(DeliveryRead):
    """``body`` is what is sent, to the last byte."""

    body: str


class DeliveryPage(Page[DeliveryRead]):
    pass
