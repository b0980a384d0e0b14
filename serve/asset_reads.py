"""Assets as their owners read them, and the place in a list that a cursor stands for."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, ValidationError

from db import consents
from db.assets import AssetOrder, Place
from db.assets import AssetPage as AssetRows
from db.models import Asset
from pipeline.spec import without_nul
from pipeline.storage import Storage
from serve.errors import FieldError, RequestInvalid
from serve.posters import steady_address
from serve.schemas import AssetPage, AssetRead, ConsentRead
from serve.schemas.assets import LARGEST_INTEGER


def asset_read(storage: Storage, asset: Asset) -> AssetRead:
    last = asset.consents[-1] if asset.consents else None
    return AssetRead(
        id=asset.id,
        kind=asset.kind,
        status=asset.status,
        name=asset.name,
        content_type=asset.content_type,
        bytes=asset.bytes,
        sha256=asset.sha256,
        thumbnail_url=_thumbnail_url(storage, asset),
        metadata=asset.labels,
        details=asset.details,
        consent_state=consents.state(asset),
        consent=None if last is None else ConsentRead.model_validate(last),
        error_code=asset.error_code,
        error_detail=asset.error_detail,
        created_at=asset.created_at,
        expires_at=asset.expires_at,
    )


def _thumbnail_url(storage: Storage, asset: Asset) -> str | None:
    if asset.thumbnail_key is None:
        return None
    return steady_address(storage, asset.thumbnail_key, asset.sha256).address


def asset_page(storage: Storage, found: AssetRows, order: AssetOrder) -> AssetPage:
    cursor = None if found.after is None else _Cursor.of(order, found.after).as_text()
    items = [asset_read(storage, asset) for asset in found.items]
    return AssetPage(items=items, next_cursor=cursor, total=found.total)


def place_of(cursor: str | None, order: AssetOrder) -> Place | None:
    """Raises RequestInvalid for a cursor that this list did not give."""
    if cursor is None:
        return None
    try:
        read = _Cursor.model_validate_json(urlsafe_b64decode(cursor))
    except (ValueError, ValidationError) as error:
        raise _foreign() from error
    if read.order is not order or type(read.value) is not _TYPES[order]:
        raise _foreign()
    return Place(read.id, read.value)


class _Cursor(BaseModel):
    order: AssetOrder
    id: UUID
    value: (
        Annotated[str, AfterValidator(without_nul)]
        | Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]
        | None
    ) = None

    @classmethod
    def of(cls, order: AssetOrder, place: Place) -> "_Cursor":
        return cls(order=order, id=place.asset_id, value=place.value)

    def as_text(self) -> str:
        return urlsafe_b64encode(self.model_dump_json().encode()).decode()


_TYPES: dict[AssetOrder, type] = {
    AssetOrder.NEWEST: type(None),
    AssetOrder.OLDEST: type(None),
    AssetOrder.NAME: str,
    AssetOrder.LARGEST: int,
}


def _foreign() -> RequestInvalid:
    message = "This is no cursor of this list in this order."
    return RequestInvalid(FieldError("cursor", "cursor_invalid", message))
