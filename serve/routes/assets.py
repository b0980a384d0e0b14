"""What users upload: portraits, voices, slides, scripts."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, File, Query, Response, status
from pydantic import AwareDatetime

from db import assets
from db.models import Asset, AssetKind, AssetStatus
from serve import uploads
from serve.deps import AssetReader, AssetWriter, Bounds, OwnAsset, Paging, StudioParts, Transaction
from serve.errors import AssetInUse
from serve.limits import StrictRoute
from serve.schemas import Address, AssetChange, AssetPage, AssetRead, AssetUpload, Search

DOWNLOAD_SECONDS = 15 * 60

router = APIRouter(prefix="/api/assets", tags=["assets"], route_class=StrictRoute)


async def checked_upload(
    user: AssetWriter, studio: StudioParts, bounds: Bounds, form: Annotated[AssetUpload, File()]
) -> Asset:
    """Outside of the transaction, which must not wait for a check to end."""
    return await uploads.take_in(studio, bounds, user.id, form)


@router.post("", response_model=AssetRead, status_code=status.HTTP_201_CREATED)
def create_asset(
    asset: Annotated[Asset, Depends(checked_upload)], db: Transaction, response: Response
) -> Asset:
    """Uploads a file of up to 25 MB. It is checked by its content, and kept as it is needed."""
    response.headers["Location"] = f"/api/assets/{asset.id}"
    return assets.add(db, asset)


@router.get("")
def list_assets(
    user: AssetReader,
    db: Transaction,
    paging: Paging,
    kind: AssetKind | None = None,
    status: AssetStatus | None = None,
    q: Annotated[Search | None, Query(description="Part of the name.")] = None,
    created_after: AwareDatetime | None = None,
    created_before: AwareDatetime | None = None,
) -> AssetPage:
    """Own assets, newest first."""
    wanted = assets.AssetFilter(kind, status, q, created_after, created_before)
    page = assets.page(db, user.id, wanted, cursor=paging.cursor, limit=paging.limit)
    return AssetPage.model_validate(page)


@router.get("/{asset_id}", response_model=AssetRead)
def read_asset(asset: OwnAsset) -> Asset:
    """One of one's assets."""
    return asset


@router.patch("/{asset_id}", response_model=AssetRead)
def update_asset(user: AssetWriter, asset: OwnAsset, change: AssetChange) -> Asset:  # noqa: ARG001
    """Renames an asset."""
    asset.name = change.name
    return asset


@router.delete("/{asset_id}", status_code=status.HTTP_204_NO_CONTENT)
def delete_asset(user: AssetWriter, asset: OwnAsset, db: Transaction, studio: StudioParts) -> None:  # noqa: ARG001
    """Deletes an asset that no unfinished job uses."""
    busy = assets.jobs_using(db, asset)
    if busy:
        raise AssetInUse(", ".join(map(str, busy)))
    assets.delete(db, asset)
    # last: if the storage fails, the row stays
    studio.storage.delete([asset.storage_key])


@router.get("/{asset_id}/download")
def download_asset(asset: OwnAsset, studio: StudioParts) -> Address:
    """An address that works for 15 minutes."""
    expires_at = datetime.now(UTC) + timedelta(seconds=DOWNLOAD_SECONDS)
    address = studio.storage.presign_get(asset.storage_key, DOWNLOAD_SECONDS, filename=asset.name)
    return Address(address=address, expires_at=expires_at)
