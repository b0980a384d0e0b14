"""`lectern batch`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from serve.batching import make_batch
from serve.client import StudioClient
from serve.commands.signing_in import account
from serve.package_names import PackageName

app = typer.Typer(add_completion=False)


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
    console, who = Console(), account(url, login)
    with StudioClient(who.url, who.username, who.password) as client:
        made = make_batch(client, items, lesson, out, console, course)
    told = ", ".join(f"{count} {status}" for status, count in made["counts"].items() if count)
    console.print(f"{told}; {made['refused_count']} refused: {out}", highlight=False)
