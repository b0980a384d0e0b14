"""The tables, a file a noun. Rules of state stand here as enums, checks and partial indexes."""

from db.models.accounts import Role, Session, SpentRefresh, User
from db.models.assets import Asset, AssetKind, AssetStatus
from db.models.base import Base
from db.models.jobs import (
    TERMINAL_EVENTS,
    Event,
    Export,
    Job,
    JobStatus,
    Lane,
    SceneRow,
    SceneStatus,
    Step,
    StepStatus,
)

__all__ = [
    "TERMINAL_EVENTS",
    "Asset",
    "AssetKind",
    "AssetStatus",
    "Base",
    "Event",
    "Export",
    "Job",
    "JobStatus",
    "Lane",
    "Role",
    "SceneRow",
    "SceneStatus",
    "Session",
    "SpentRefresh",
    "Step",
    "StepStatus",
    "User",
]
