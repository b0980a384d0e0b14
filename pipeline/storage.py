"""Artefacts, assets and exports as objects in an S3 bucket.

Every key starts with its owner, so that deleting a person's things is deleting a prefix. An
artefact's key holds the digest of all that made it: if the object exists, the work is done.
Everything here blocks; from async code, call it through ``asyncio.to_thread``.
"""

import hashlib
import io
import json
from base64 import b64encode
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import UUID

import boto3
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.response import StreamingBody
from pydantic import BaseModel

from pipeline.errors import ArtefactMissing, StorageRefused, StorageUnavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import BucketLifecycleConfigurationTypeDef

PART_BYTES = 8 * 2**20
CHUNK_BYTES = 256 * 2**10
DELETE_BATCH = 1000
"""The most keys one S3 call deletes."""

# one part at a time, in the caller's thread: what is in memory is one part, whatever the size
TRANSFER = TransferConfig(
    multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, use_threads=False
)
MISSING = {"404", "NoSuchKey", "NotFound"}
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


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object as the store describes it. A listing does not tell the ``content_type``."""

    key: str
    bytes_: int
    etag: str
    modified: datetime
    content_type: str | None = None


@dataclass(frozen=True, slots=True)
class PresignedUpload:
    """Where to PUT one object without an account, and the headers that must come with it."""

    url: str
    headers: dict[str, str]


class Storage:
    """One bucket of an S3 store.

    ``public_endpoint_url`` is the store's address as browsers see it, for presigned addresses;
    where it is not given, they see the same as we do. Raises ArtefactMissing for an object that is
    not there, StorageUnavailable when the store does not answer, StorageRefused when it says no.
    """

    def __init__(
        self,
        endpoint_url: str | None,
        access_key: str,
        secret_key: str,
        bucket: str,
        region: str = "us-east-1",
        public_endpoint_url: str | None = None,
    ) -> None:
        self._bucket = bucket
        self._region = region

        def client(url: str | None) -> "S3Client":
            return _client(url, access_key, secret_key, region)

        self._s3 = client(endpoint_url)
        self._public = client(public_endpoint_url) if public_endpoint_url else self._s3

    def ensure_bucket(self) -> None:
        """Makes the bucket if need be, readable by range from web pages, swept of leftovers."""
        with _told(self._bucket):
            self._make_bucket()
            self._s3.put_bucket_cors(
                Bucket=self._bucket,
                CORSConfiguration={
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
                },
            )
            self._s3.put_bucket_lifecycle_configuration(
                Bucket=self._bucket, LifecycleConfiguration=LEFTOVERS
            )

    def _make_bucket(self) -> None:
        try:
            if self._region == "us-east-1":  # the one region that must not be named
                self._s3.create_bucket(Bucket=self._bucket)
            else:
                self._s3.create_bucket(
                    Bucket=self._bucket,
                    CreateBucketConfiguration={"LocationConstraint": self._region},  # type: ignore[typeddict-item]
                )
        except ClientError as error:
            if _code(error) not in BUCKET_IS_OURS:
                raise

    def delete_bucket(self) -> None:
        """Deletes the bucket and everything in it."""
        self.delete_prefix("")
        with _told(self._bucket):
            self._s3.delete_bucket(Bucket=self._bucket)

    def put(self, key: str, data: bytes, content_type: str) -> None:
        with _told(key):
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=data, ContentType=content_type)

    def put_file(self, key: str, path: Path, content_type: str) -> None:
        with _told(key):
            self._s3.upload_file(
                str(path), self._bucket, key, {"ContentType": content_type}, Config=TRANSFER
            )

    def put_stream(self, key: str, chunks: Iterable[bytes], content_type: str) -> None:
        """Uploads as the chunks come, in parts. If they raise, no object appears."""
        with _told(key):
            self._s3.upload_fileobj(
                io.BufferedReader(_ChunkReader(chunks), PART_BYTES),
                self._bucket,
                key,
                {"ContentType": content_type},
                Config=TRANSFER,
            )

    def get(self, key: str) -> bytes:
        return b"".join(self.open(key))

    def open(self, key: str, start: int = 0, end: int | None = None) -> Iterator[bytes]:
        """The bytes from ``start`` up to, not including, ``end``, in chunks."""
        with _told(key):
            body = self._body(key, start, end)

        def chunks() -> Iterator[bytes]:
            with closing(body), _told(key):
                yield from body.iter_chunks(CHUNK_BYTES)

        return chunks()

    def _body(self, key: str, start: int, end: int | None) -> StreamingBody:
        if start == 0 and end is None:  # an empty object has no range to ask for
            return self._s3.get_object(Bucket=self._bucket, Key=key)["Body"]
        last = "" if end is None else str(end - 1)
        range_ = f"bytes={start}-{last}"
        return self._s3.get_object(Bucket=self._bucket, Key=key, Range=range_)["Body"]

    def download(self, key: str, path: Path) -> None:
        """To a file, which appears only once it is whole."""
        with _told(key):
            self._s3.download_file(self._bucket, key, str(path), Config=TRANSFER)

    def head(self, key: str) -> StoredObject | None:
        """What the store knows of the object; None if it isn't there."""
        try:
            with _told(key):
                found = self._s3.head_object(Bucket=self._bucket, Key=key)
        except ArtefactMissing:
            return None
        return StoredObject(
            key, found["ContentLength"], found["ETag"], found["LastModified"], found["ContentType"]
        )

    def exists(self, key: str) -> bool:
        return self.head(key) is not None

    def list(self, prefix: str) -> Iterator[StoredObject]:
        pages = self._s3.get_paginator("list_objects_v2")
        with _told(prefix):
            for page in pages.paginate(Bucket=self._bucket, Prefix=prefix):
                for found in page.get("Contents", ()):
                    yield StoredObject(
                        found["Key"], found["Size"], found["ETag"], found["LastModified"]
                    )

    def delete(self, keys: Iterable[str]) -> int:
        """Deletes what is there of these keys; returns how many were asked for."""
        count = 0
        for batch in _batches(keys, DELETE_BATCH):
            with _told(batch[0]):
                answer = self._s3.delete_objects(
                    Bucket=self._bucket,
                    Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True},
                )
            for failed in answer.get("Errors", ()):
                raise StorageRefused(f"{failed.get('Key')}: {failed.get('Message')}")
            count += len(batch)
        return count

    def delete_prefix(self, prefix: str) -> int:
        """Deletes every object whose key starts so; returns how many there were."""
        return self.delete(found.key for found in self.list(prefix))

    def presign_get(
        self,
        key: str,
        seconds: int = 900,
        filename: str | None = None,
        content_type: str | None = None,
    ) -> str:
        """An address that reads the object. With a ``filename``, browsers save it under that."""
        wanted = {"Bucket": self._bucket, "Key": key}
        if filename is not None:
            wanted["ResponseContentDisposition"] = f"attachment; filename*=UTF-8''{quote(filename)}"
        if content_type is not None:
            wanted["ResponseContentType"] = content_type
        return self._public.generate_presigned_url("get_object", wanted, seconds)

    def presign_put(
        self,
        key: str,
        content_type: str,
        bytes_: int,
        sha256: str | None = None,
        seconds: int = 900,
    ) -> PresignedUpload:
        """An address that takes one object of this type, size and (hexadecimal) hash only.

        They are signed as headers, so the store refuses an upload that comes with others.
        """
        headers = {"Content-Type": content_type, "Content-Length": str(bytes_)}
        wanted = {"ContentType": content_type, "ContentLength": bytes_}
        if sha256 is not None:
            wanted["ChecksumSHA256"] = b64encode(bytes.fromhex(sha256)).decode()
            headers["x-amz-checksum-sha256"] = str(wanted["ChecksumSHA256"])
        url = self._public.generate_presigned_url(
            "put_object", {"Bucket": self._bucket, "Key": key, **wanted}, seconds
        )
        return PresignedUpload(url, headers)


def user_prefix(owner: UUID) -> str:
    """What the keys of all of a person's objects start with."""
    return f"users/{owner}/"


def asset_key(owner: UUID, asset: UUID) -> str:
    return f"{user_prefix(owner)}assets/{asset}"


def artefact_key(owner: UUID, step: str, digest_: str, file: str) -> str:
    return f"{user_prefix(owner)}artefacts/{step}/{digest_}/{file}"


def export_prefix(owner: UUID, job: UUID) -> str:
    return f"{user_prefix(owner)}exports/{job}/"


def export_key(owner: UUID, job: UUID, name: str) -> str:
    return f"{export_prefix(owner, job)}{name}"


def digest(*parts: object) -> str:
    """SHA-256, in hexadecimal, of everything that makes a result what it is.

    Equal parts give equal digests in every process: JSON values, bytes, ids, enums, times,
    dataclasses and pydantic models of these. Raises TypeError for anything else, and ValueError
    for a number that is none.
    """
    canonical = json.dumps(
        parts, sort_keys=True, separators=(",", ":"), allow_nan=False, default=_plain
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(part: object) -> object:
    match part:
        case bytes() | bytearray() | memoryview():
            return {"\0bytes": hashlib.sha256(part).hexdigest()}
        case UUID() | Path():
            return str(part)
        case datetime():
            return part.isoformat()
        case BaseModel():
            return part.model_dump(mode="json")
        case _ if is_dataclass(part):
            return {field.name: getattr(part, field.name) for field in fields(part)}
    raise TypeError(f"{type(part).__name__} has no canonical form")


def _client(url: str | None, access_key: str, secret_key: str, region: str) -> "S3Client":
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
def _told(what: str) -> Generator[None]:
    """Turns the store's errors into ours."""
    try:
        yield
    except ClientError as error:
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
        if _code(error) in MISSING:
            raise ArtefactMissing(what) from error
        if 400 <= status < 500 and status not in (408, 429):
            raise StorageRefused(f"{what}: {error}") from error
        raise StorageUnavailable(str(error)) from error
    except (BotoCoreError, HTTPClientError, Boto3Error) as error:
        raise StorageUnavailable(str(error)) from error


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")


def _batches(keys: Iterable[str], size: int) -> Iterator[Sequence[str]]:
    batch: list[str] = []
    for key in keys:
        batch.append(key)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


class _ChunkReader(io.RawIOBase):
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
