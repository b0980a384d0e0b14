"""`lectern`: the studio on the command line.

Each command is a module with a Typer application, loaded when the command is called: who asks for
help, or for a file's licence, does not wait for a web framework and the engines.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from pipeline.errors import LecternError


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command is, and what the list of commands says of it: its own first sentence."""

    name: str
    module: str
    help: str


COMMANDS = (
    Entry(
        "up",
        "serve.commands.up",
        "Start the studio and every service it has no address for; stop with Ctrl-C.",
    ),
    Entry("make", "serve.commands.make", "Make a lesson in a running studio, and download it."),
    Entry(
        "batch",
        "serve.commands.batch",
        "Make many lessons in a running studio, and download them as one archive.",
    ),
    Entry(
        "doctor",
        "serve.commands.doctor",
        "Say what is there, what each engine and package lacks, and what to do about it.",
    ),
    Entry(
        "openapi",
        "serve.commands.openapi",
        "Print the description of the HTTP interface (OpenAPI 3.1), without starting anything.",
    ),
    Entry(
        "verify",
        "serve.commands.verify",
        "Prove a model's own code against golden vectors, with stand-in weights.",
    ),
    Entry(
        "inspect",
        "serve.commands.inspect",
        "Say what a file says of its origin: content credentials, watermark, metadata.",
    ),
    Entry(
        "migrate-database",
        "serve.commands.migrate_database",
        "Bring DATABASE_URL to the tables of this version, and make the first administrator if "
        "the environment names one; `lectern up` does both by itself.",
    ),
    Entry("models", "serve.commands.models", "The files of the models."),
    Entry("admin", "serve.commands.admin", "Administrators of the studio."),
    Entry("provenance", "serve.commands.provenance", "What the studio signs its media with."),
)


class Later(TyperCommand):
    """Stands in the list for a command that is loaded when it is called."""

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.name, help=entry.help)
        self.module = entry.module

    def make_context(self, *args: Any, **extra: Any) -> Any:
        """The context of the command itself: from here on it is the one that is run."""
        return get_command(import_module(self.module).app).make_context(*args, **extra)


class Commands(TyperGroup):
    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for entry in COMMANDS:
            self.add_command(Later(entry))


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False)


@app.callback()
def lectern() -> None:
    """The studio on the command line."""


def main() -> None:
    """Runs the command; an error of ours, or of the disk, ends it with its sentence."""
    try:
        app()
    except LecternError as error:
        _end_with(str(error), error.advice)
    except OSError as error:
        _end_with(str(error))


def _end_with(sentence: str, advice: str = "") -> NoReturn:
    """Without a traceback. Escaped: what programs and people wrote may hold brackets."""
    Console().print(f"[red]{escape(sentence)}[/] {escape(advice)}", highlight=False)
    raise SystemExit(1)
