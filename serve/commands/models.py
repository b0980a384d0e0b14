"""`lectern models`: the files of the models, their licences, and whether they are right."""

import getpass
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn
from rich.table import Column, Table

from deployments import licences, model_archive, model_files
from deployments.model_manifest import InstalledModel, ModelFile, WheelFile, load_manifest
from deployments.model_records import identity_of, read_records
from pipeline.errors import LicencesNotAccepted
from serve.commands.configured import configured
from serve.proof import ModelCodeMissing

app = typer.Typer(no_args_is_help=True, add_completion=False, help="The files of the models.")
console = Console()

Engines = Annotated[
    list[str] | None,
    typer.Argument(help="Engines; when none is named, all whose files come in packages."),
]
Variant = Annotated[str | None, typer.Option(help="Of an engine that has several: which one.")]
LARGE = ("zonos", "kdtalker")
"""The engines whose keys can be accounted for."""


@app.command("list")
def list_models() -> None:
    """Every engine's files: their sizes, whether they are here, and their licences."""
    models = configured().models_folder
    manifest = load_manifest()
    file_column = Column("file", overflow="fold")
    table = Table("engine", file_column, "size", "", "licence", "commercial use", box=None)
    for engine in sorted(manifest.engines):
        for file in manifest.every_file:
            if engine in file.engines:
                here = "[green]here" if model_files.is_here(file, models) else "[yellow]missing"
                table.add_row(engine, file.path, _size(file, models), here, *_terms(file))
        for model in manifest.installed:
            if engine in model.engines:
                table.add_row(engine, model.model, "", "[green]installed", *_terms(model))
    console.print(table)
    for engine in sorted(manifest.engines):
        if licences.must_be_accepted(engine):
            console.print(f"{engine}: {_acceptance(engine, models)}", highlight=False)


@app.command("pull")
def pull_models(
    engines: Engines = None,
    variant: Variant = None,
    accept_licences: Annotated[
        bool, typer.Option("--accept-licences", help="Accept them without being asked.")
    ] = False,
    from_: Annotated[Path | None, typer.Option("--from", help="A bundle to unpack.")] = None,
) -> None:
    """Fetch what the engines lack, check it, put it in place."""
    models = configured().models_folder
    wanted = engines or load_manifest().small_engines
    load_manifest().needed_by(wanted, variant)
    for engine in wanted:
        if not licences.accepted(engine, models):
            _ask_to_accept(engine, models, accept_licences)
    with _transfer() as report:
        if from_ is not None:
            fetched = model_archive.unbundle(from_, models, report)
        else:
            fetched = model_files.pull(wanted, models, report, variant=variant)
    said = ", ".join(file.path for file in fetched) or "nothing was missing"
    console.print(f"Models in place: {said}.", highlight=False)


@app.command("check")
def check_models(engines: Engines = None, variant: Variant = None) -> None:
    """Hold every file to its hash, and the large models' to the keys their code expects."""
    models = configured().models_folder
    wanted = engines or load_manifest().small_engines
    wrong = 0
    for file in load_manifest().needed_by(wanted, variant):
        fault = _fault(file, models)
        wrong += fault is not None
        _say(file.path, fault)
    for engine in wanted:
        for finding in _account(engine, models, variant):
            wrong += finding.wrong is not None
            _say(f"{finding.file}, every key", finding.wrong)
    if wrong:
        raise typer.Exit(1)


@app.command("bundle")
def bundle_models(out: Path, engines: Engines = None, variant: Variant = None) -> None:
    """One archive of the model files, for a machine without internet."""
    wanted = engines or load_manifest().small_engines
    models = configured().models_folder
    with _transfer() as report:
        model_archive.bundle(wanted, models, out, report, variant=variant)
    console.print(f"{out}  [dim]{out.stat().st_size / 1e6:,.1f} MB", highlight=False)


def _ask_to_accept(engine: str, models: Path, given: bool) -> None:
    """Shows the licences and writes down who accepts them. Raises LicencesNotAccepted."""
    console.print(f"The models of {engine} are under these licences:", highlight=False)
    table = Table(Column("file", overflow="fold"), "licence", "commercial use", box=None)
    for term in licences.terms(engine):
        table.add_row(term.what, term.licence, _allowed(term.commercial_use))
    console.print(table)
    if not given:
        if not sys.stdin.isatty():
            raise LicencesNotAccepted(engine)
        answer = typer.prompt("Do you accept them? Type yes", default="no", show_default=False)
        if answer.strip().lower() != "yes":
            raise LicencesNotAccepted(engine)
    licences.accept(engine, models, _user())


def _acceptance(engine: str, models: Path) -> str:
    if not licences.accepted(engine, models):
        return "its licences are not accepted here"
    given = licences.read_acceptances(models)[engine]
    return f"its licences were accepted by {escape(given.who)} on {given.when:%Y-%m-%d}"


def _user() -> str:
    try:
        return getpass.getuser()
    except KeyError:  # in a container the user may have a number only
        return f"user {os.getuid()}"


def _account(engine: str, models: Path, variant: str | None) -> Sequence[Any]:
    """Findings of :mod:`deployments.model_check`; none for an engine without large models."""
    if engine not in LARGE:
        return ()
    try:
        # by name: who does not ask for it does not load torch
        check = import_module("deployments.model_check")
    except ModuleNotFoundError as error:
        raise ModelCodeMissing(engine, error) from error
    found: Sequence[Any] = check.account_for(engine, models, variant)
    return found


def _fault(file: ModelFile, models: Path) -> str | None:
    if not file.place(models).is_file():
        return "it is not there"
    if identity_of(file, read_records(models)) is None:
        return "it was not pulled, so nobody knows its hash"
    return None if model_files.is_right(file, models) else "its size or hash is another"


def _say(what: str, fault: str | None) -> None:
    mark = "[green]✓[/]" if fault is None else "[red]✗[/]"
    said = what if fault is None else f"{what}: {escape(fault)}"
    console.print(f"{mark} {said}", highlight=False)


def _size(file: ModelFile, models: Path) -> str:
    """As it must be; of what was never pulled, about as the manifest expects it."""
    identity = identity_of(file, read_records(models))
    if identity is not None:
        return f"{identity.bytes_ / 1e6:,.1f} MB"
    if isinstance(file, WheelFile) or file.about_bytes is None:
        return "not known"
    return f"about {file.about_bytes / 1e6:,.1f} MB"


def _terms(entry: ModelFile | InstalledModel) -> tuple[str, str]:
    return entry.licence, _allowed(entry.commercial_use)


def _allowed(commercial_use: bool) -> str:
    return "yes" if commercial_use else "[red]no"


@contextmanager
def _transfer() -> Iterator[model_files.OnProgress]:
    """A bar for each file that is fetched."""
    bars: dict[str, TaskID] = {}
    columns = (TextColumn("{task.description:<32}"), BarColumn(bar_width=40), DownloadColumn())
    with Progress(*columns, console=console) as progress:

        def report(now: model_files.Progress) -> None:
            if now.what not in bars:
                bars[now.what] = progress.add_task(now.what, total=now.total_bytes)
            progress.update(bars[now.what], completed=now.done_bytes)

        yield report
