"""What the hub's files proved to be when they were first pulled: ``pulled.json`` among the models.

The manifest cannot name the hash of every file of the hub. So the first pull checks against the
hub's own hash and writes down what it got, from which commit; from then on that must be it.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from deployments.model_manifest import HubFile, Identity, ModelFile, WheelFile
from pipeline.errors import ModelRecordsUnreadable

NAME = "pulled.json"


class Record(BaseModel):
    """``asked`` is the revision the manifest named, ``commit`` the one it stood for."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    repository: str
    file: str
    asked: str
    commit: str
    bytes_: int = Field(alias="bytes", gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    def is_of(self, file: HubFile) -> bool:
        """Whether the manifest still asks for what this is a record of."""
        here = (self.repository, self.file, self.asked)
        asked = ((each.repository, each.file, each.revision) for each in file.sources)
        return here in asked and file.sha256 in (None, self.sha256)


Records = Mapping[str, Record]
_RECORDS = TypeAdapter(dict[str, Record])


def read_records(models: Path) -> dict[str, Record]:
    """By the paths of the files. Raises ModelRecordsUnreadable."""
    try:
        return parse_records((models / NAME).read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ModelRecordsUnreadable(NAME) from error


def parse_records(text: bytes) -> dict[str, Record]:
    """Raises ValueError where it holds anything else."""
    return _RECORDS.validate_json(text)


def as_text(records: Records) -> bytes:
    """The same records give the same bytes."""
    plain = _RECORDS.dump_python(dict(records), mode="json", by_alias=True)
    return (json.dumps(plain, indent=1, sort_keys=True) + "\n").encode()


def write_record(models: Path, path: str, record: Record) -> None:
    replace_file(models / NAME, as_text({**read_records(models), path: record}))


def replace_file(path: Path, content: bytes) -> None:
    """Writes it so that whoever reads sees either the old content or the new, whole."""
    rough = path.with_name(f".{path.name}.new")
    with rough.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    rough.replace(path)


def identity_of(file: ModelFile, records: Records) -> Identity | None:
    """What the file must be; None for one of the hub that was never pulled."""
    if isinstance(file, WheelFile):
        return file.identity
    record = records.get(file.path)
    if record is None or not record.is_of(file):
        return None
    return Identity(record.bytes_, record.sha256)
