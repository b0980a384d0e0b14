"""The tables, a file a noun. Rules of state stand here as enums, checks and partial indexes."""

from db.models.accounts import ApiKey, Attempt, Role, Session, SpentRefresh, User
from db.models.assets import (
    Asset,
    AssetKind,
    AssetStatus,
    Consent,
    ConsentPhrase,
    ConsentState,
    Derivation,
    Statement,
    Verification,
)
from db.models.audit import AuditEntry
from db.models.base import Base
from db.models.batches import Batch, BatchEvent
from db.models.drafts import Draft
from db.models.embeds import Embed, EmbedViews
from db.models.jobs import (
    TERMINAL_EVENTS,
    Event,
    Export,
    FeedEntry,
    Job,
    JobStatus,
    Lane,
    SceneRow,
    SceneStatus,
    Step,
    StepStatus,
)
from db.models.requests import KeyedAnswer, RateBucket, UsageDay
from db.models.webhooks import Delivery, DeliveryStatus, DeliveryTry, Webhook

__all__ = [
    "TERMINAL_EVENTS",
    "ApiKey",
    "Asset",
    "AssetKind",
    "AssetStatus",
    "Attempt",
    "AuditEntry",
    "Base",
    "Batch",
    "BatchEvent",
    "Consent",
    "ConsentPhrase",
    "ConsentState",
    "Delivery",
    "DeliveryStatus",
    "DeliveryTry",
    "Derivation",
    "Draft",
    "Embed",
    "EmbedViews",
    "Event",
    "Export",
    "FeedEntry",
    "Job",
    "JobStatus",
    "KeyedAnswer",
    "Lane",
    "RateBucket",
    "Role",
    "SceneRow",
    "SceneStatus",
    "Session",
    "SpentRefresh",
    "Statement",
    "Step",
    "StepStatus",
    "UsageDay",
    "User",
    "Verification",
    "Webhook",
]
