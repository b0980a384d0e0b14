"""`lectern`: the studio on the command line."""

import asyncio
import getpass
import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from db.schema import migrate
from pipeline.errors import LecternError
from pipeline.provenance.inspection import inspect as inspect_file
from serve import models_cli
from serve.admins import make_admin, make_first_admin
from serve.batching import make_batch
from serve.client import StudioClient
from serve.courses import PackageName
from serve.description import description
from serve.doctor import examine
from serve.inspecting import show, trusted_root
from serve.local_account import Account, read_local_account, studio_database
from serve.making import make_lesson
from serve.proof import PROOFS
from serve.proof import verify as prove
from serve.settings import Settings
from serve.up import StudioRun, bring_up

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
provenance_app = typer.Typer(no_args_is_help=True, help="What the studio signs its media with.")
admin_app = typer.Typer(no_args_is_help=True, help="Administrators of the studio.")
app.add_typer(models_cli.app, name="models")
app.add_typer(admin_app, name="admin")
app.add_typer(provenance_app, name="provenance")
console = Console()


def main() -> None:
    """Runs the command; an error of ours ends it with its sentence, not with a traceback."""
    try:
        app()
    except LecternError as error:
        # escaped: what programs and people wrote may hold brackets
        console.print(f"[red]{escape(str(error))}[/] {escape(error.advice)}", highlight=False)
        raise SystemExit(1) from None


@app.command()
def up(
    config: Annotated[Path, typer.Option(help="The deployments.")] = Path("serve_config.yaml"),
    sample: Annotated[Path | None, typer.Option(help="A lesson to make at once.")] = None,
    out: Annotated[Path, typer.Option(help="Where that lesson's files go.")] = Path("out/sample"),
    once: Annotated[bool, typer.Option("--once", help="Stop when the lesson is made.")] = False,
) -> None:
    """Start the studio and every service it has no address for; stop with Ctrl-C."""
    bring_up(StudioRun(Settings(), config, sample, out, once), console)


@app.command()
def make(
    spec: Annotated[Path, typer.Argument(help="A lesson file; see samples/lesson.yaml.")],
    out: Annotated[Path, typer.Option(help="Where the files go.")],
    url: Annotated[str | None, typer.Option(help="The studio; the local one if left out.")] = None,
    login: Annotated[str | None, typer.Option(help="Your email or username.")] = None,
) -> None:
    """Make a lesson in a running studio, and download it."""
    account = _account(url, login)
    with StudioClient(account.url, account.username, account.password) as client:
        made = make_lesson(client, spec, out, console)
    for file in made.files:
        console.print(f"{file}  [dim]{file.stat().st_size / 1024:,.0f} KiB", highlight=False)


@app.command()
def batch(
    items: Annotated[Path, typer.Argument(help="A CSV, or a YAML list of items.")],
    lesson: Annotated[Path, typer.Option(help="The lesson file that they fill or change.")],
    out: Annotated[Path, typer.Option(help="Where the archive and the manifest go.")],
    course: Annotated[
        PackageName | None, typer.Option(help="Also all lessons as one package for an LMS.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="The studio; the local one if left out.")] = None,
    login: Annotated[str | None, typer.Option(help="Your email or username.")] = None,
) -> None:
    """Make many lessons in a running studio, and download them as one archive."""
    account = _account(url, login)
    with StudioClient(account.url, account.username, account.password) as client:
        made = make_batch(client, items, lesson, out, console, course)
    told = ", ".join(f"{count} {status}" for status, count in made["counts"].items() if count)
    console.print(f"{told}; {made['refused_count']} refused: {out}", highlight=False)


def _account(url: str | None, login: str | None) -> Account:
    """Whoever sits here, unless somebody else is named."""
    if login is None:
        return read_local_account(Settings().home).at(url)
    here = url or f"http://{Settings().host}:{Settings().port}"
    return Account(here, login, getpass.getpass("Password: "))


@app.command()
def doctor() -> None:
    """Say what is there, what each engine and package lacks, and what to do about it."""
    table = Table("part", "what", "", "what it lacks", box=None)
    for row in asyncio.run(examine(Settings())):
        state = "[green]ready" if row.missing is None else "[yellow]not here"
        table.add_row(row.part, row.name, state, row.missing or "")
    console.print(table)


@app.command()
def openapi() -> None:
    """Print the description of the HTTP interface (OpenAPI 3.1), without starting anything."""
    typer.echo(json.dumps(description(), ensure_ascii=False, indent=2))


@app.command()
def verify(
    model: Annotated[str, typer.Argument(help=" or ".join(PROOFS))],
    golden: Annotated[Path, typer.Option(help="The folder of golden vectors.", exists=True)],
) -> None:
    """Prove a model's own code against golden vectors, with stand-in weights."""
    if model not in PROOFS:
        raise typer.BadParameter(f"there is {' and '.join(PROOFS)}")
    if not prove(model, golden, console):
        raise typer.Exit(1)


@app.command()
def inspect(
    file: Annotated[
        Path, typer.Argument(help="A video or recording.", exists=True, dir_okay=False)
    ],
    root: Annotated[
        Path | None,
        typer.Option(help="PEM; our own root if left out.", exists=True, dir_okay=False),
    ] = None,
) -> None:
    """Say what a file says of its origin: content credentials, watermark, metadata."""
    show(inspect_file(file, root or trusted_root(Settings())), console)


@provenance_app.command("root")
def print_root() -> None:
    """Print the root certificate, for others to trust what this studio signs."""
    typer.echo(trusted_root(Settings()).read_text(), nl=False)


@admin_app.command("create")
def create_admin(email: str, username: str) -> None:
    """Make an administrator. On one machine, `lectern up` must run.

    Asks for the password, unless LECTERN_ADMIN_PASSWORD holds it.
    """
    given = Settings().admin_password
    password = (
        given.get_secret_value()
        if given
        else typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    )
    with studio_database(Settings()) as database:
        make_admin(database, email, username, password)
    console.print(f"{username} is an administrator.", highlight=False)


@app.command()
def migrate_database() -> None:
    """Bring DATABASE_URL to the tables of this version, and make the first administrator if the
    environment names one; `lectern up` does both by itself."""
    url = Settings().database_url
    if url is None:
        raise typer.BadParameter("DATABASE_URL is not set")
    migrate(url)
    with studio_database(Settings()) as database:
        make_first_admin(database, Settings())
