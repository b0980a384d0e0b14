"""What an S3 client needs around it: how it connects, what its errors mean to us."""

import io
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

from pipeline.errors import ArtefactMissing, StorageRefused, StorageUnavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import (
        BucketLifecycleConfigurationTypeDef,
        CORSConfigurationTypeDef,
    )

MISSING = {"404", "NoSuchKey", "NotFound"}
TAKEN = {"412", "PreconditionFailed", "409", "ConditionalRequestConflict"}
UNKNOWN = "NotImplemented"
BUCKET_IS_OURS = {"BucketAlreadyOwnedByYou", "BucketAlreadyExists"}
LEFTOVERS: "BucketLifecycleConfigurationTypeDef" = {
    "Rules": [
        {
            "ID": "uploads-never-finished",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
        {
            "ID": "temporary-objects",
            "Status": "Enabled",
            "Filter": {"Prefix": "tmp/"},
            "Expiration": {"Days": 1},
        },
    ]
}
FROM_ANY_PAGE: "CORSConfigurationTypeDef" = {
    "CORSRules": [
        {
            # who may read is settled by the signature, not by the page
            "AllowedOrigins": ["*"],
            "AllowedMethods": ["GET", "HEAD", "PUT"],
            "AllowedHeaders": ["*"],
            "ExposeHeaders": ["Content-Range", "Content-Length", "ETag"],
            "MaxAgeSeconds": 3600,
        }
    ]
}


def s3_client(url: str | None, access_key: str, secret_key: str, region: str) -> "S3Client":
    # a session of our own: boto3's default one is not safe between threads
    return boto3.session.Session().client(
        "s3",
        endpoint_url=url,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        region_name=region,
        config=Config(
            signature_version="s3v4",
            connect_timeout=5,
            read_timeout=60,
            retries={"max_attempts": 4, "mode": "standard"},
            max_pool_connections=20,
            s3={"addressing_style": "path" if url else "auto"},
            # compatible stores do not all know the newer checksums
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )


@contextmanager
def told(what: str) -> Generator[None]:
    """Turns the store's errors into ours."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        if error_code(error) in MISSING:
            raise ArtefactMissing(what) from error
        if 400 <= status < 500 and status not in (408, 429):
            raise StorageRefused(f"{what}: {error}") from error
        raise StorageUnavailable(str(error)) from error
    except (BotoCoreError, HTTPClientError, Boto3Error) as error:
        raise StorageUnavailable(str(error)) from error


def error_code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def batches(keys: Iterable[str], size: int) -> Iterator[Sequence[str]]:
    batch: list[str] = []
    for key in keys:
        batch.append(key)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


class ChunkReader(io.RawIOBase):
    """Chunks as a file that can only be read."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count
