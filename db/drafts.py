"""Drafts of lessons: kept for their owner, and never overwritten unseen."""

from typing import Any
from uuid import UUID

from sqlalchemy import Text, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from db.models import Draft, User
from db.paging import Page, page_of


def add(
    session: Session, owner_id: UUID, title: str, content: dict[str, Any], *, most: int
) -> Draft | None:
    """A new draft; None, and nothing is written, for who has ``most`` of them."""
    # locked, so that two at once do not both find room for the last one
    session.get(User, owner_id, with_for_update={"key_share": True})
    held = select(func.count()).where(Draft.owner_id == owner_id)
    if (session.scalar(held) or 0) >= most:
        return None
    draft = Draft(owner_id=owner_id, title=title, content=content)
    session.add(draft)
    session.flush()
    return draft


def find(session: Session, owner_id: UUID, draft_id: UUID) -> Draft | None:
    return session.scalar(select(Draft).where(Draft.id == draft_id, Draft.owner_id == owner_id))


def page(
    session: Session, owner_id: UUID, *, cursor: UUID | None = None, limit: int = 50
) -> Page[Draft]:
    """The owner's drafts, newest first."""
    rows = select(Draft).where(Draft.owner_id == owner_id)
    return page_of(session, rows, Draft.id, cursor=cursor, limit=limit)


def change(
    session: Session, draft: Draft, version: int, title: str, content: dict[str, Any]
) -> Draft | None:
    """The draft with its next version; None where ``version`` is not the one it has now."""
    return session.scalars(
        update(Draft)
        .where(Draft.id == draft.id, Draft.version == version)
        .values(title=title, content=content, version=Draft.version + 1, updated_at=func.now())
        .returning(Draft)
        .execution_options(populate_existing=True)
    ).one_or_none()


def remove(session: Session, draft: Draft, version: int | None) -> bool:
    """False where ``version`` is given, and not the one it has now."""
    rows = delete(Draft).where(Draft.id == draft.id)
    if version is not None:
        rows = rows.where(Draft.version == version)
    return session.scalar(rows.returning(Draft.id)) is not None


def forget_asset(session: Session, owner_id: UUID, asset_id: UUID) -> None:
    """Wherever a draft of theirs names the asset, it names nothing from now on."""
    told = cast(Draft.content, Text)
    # as the name of something first, which null cannot be
    nameless = func.replace(told, f'"{asset_id}":', '"":')
    emptied = cast(func.replace(nameless, f'"{asset_id}"', "null"), JSONB)
    session.execute(
        update(Draft)
        .where(Draft.owner_id == owner_id, told.contains(f'"{asset_id}"'))
        .values(content=emptied, version=Draft.version + 1, updated_at=func.now())
        .execution_options(synchronize_session=False)
    )
