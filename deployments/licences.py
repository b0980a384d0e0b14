"""Licences that must be accepted before an engine runs, and who accepted them when.

An engine whose models may not be used commercially asks first. What was accepted is written down
licence by licence in ``accepted.json`` among the models: a licence that changes is asked for again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from deployments.model_files import missing
from deployments.model_manifest import InstalledModel, Manifest, ModelFile, load_manifest
from deployments.model_records import replace_file
from pipeline.errors import ModelRecordsUnreadable

NAME = "accepted.json"


@dataclass(frozen=True, slots=True)
class Term:
    """The licence of one file or model (``what``)."""

    what: str
    licence: str
    commercial_use: bool


class Acceptance(BaseModel):
    """``licences``: by what they are of. ``who``: a user of the operating system."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    licences: dict[str, str]
    when: datetime
    who: str


_ACCEPTANCES = TypeAdapter(dict[str, Acceptance])


def terms(engine: str, manifest: Manifest | None = None) -> tuple[Term, ...]:
    """Of all its models, of every variant."""
    known = manifest or load_manifest()
    return tuple(
        Term(_name(entry), entry.licence, entry.commercial_use)
        for entry in (*known.every_file, *known.installed)
        if engine in entry.engines
    )


def must_be_accepted(engine: str, manifest: Manifest | None = None) -> bool:
    return not all(term.commercial_use for term in terms(engine, manifest))


def accepted(engine: str, models: Path, manifest: Manifest | None = None) -> bool:
    """Whether the engine may run: its licences were accepted as they are now, or need not be."""
    if not must_be_accepted(engine, manifest):
        return True
    acceptance = read_acceptances(models).get(engine)
    return acceptance is not None and acceptance.licences == _by_name(terms(engine, manifest))


def accept(engine: str, models: Path, who: str, manifest: Manifest | None = None) -> None:
    """Writes down that ``who`` accepted the engine's licences now."""
    models.mkdir(parents=True, exist_ok=True)
    given = Acceptance(licences=_by_name(terms(engine, manifest)), when=datetime.now(UTC), who=who)
    acceptances = {**read_acceptances(models), engine: given}
    replace_file(models / NAME, _ACCEPTANCES.dump_json(acceptances, indent=1) + b"\n")


def read_acceptances(models: Path) -> dict[str, Acceptance]:
    """By engine. Raises ModelRecordsUnreadable."""
    try:
        return _ACCEPTANCES.validate_json((models / NAME).read_bytes())
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ModelRecordsUnreadable(NAME) from error


def missing_for(
    engine: str, models: Path, manifest: Manifest | None = None, variant: str | None = None
) -> str | None:
    """What the engine lacks of its models, in words: files, or the acceptance of licences."""
    option = "" if variant is None else f" --variant {variant}"
    command = f"run `lectern models pull {engine}{option}`"
    try:
        if missing(engine, models, manifest, variant):
            return f"its model files; {command}"
        if not accepted(engine, models, manifest):
            return f"the acceptance of its licences; {command}"
    except ModelRecordsUnreadable as error:
        return f"a readable list in the models folder: remove “{error.args[0]}”, then {command}"
    return None


def _name(entry: ModelFile | InstalledModel) -> str:
    return entry.model if isinstance(entry, InstalledModel) else entry.path


def _by_name(given: Sequence[Term]) -> dict[str, str]:
    return {term.what: term.licence for term in given}
