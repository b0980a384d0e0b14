"""`lectern make`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from serve.client import StudioClient
from serve.commands.signing_in import account
from serve.making import make_lesson

app = typer.Typer(add_completion=False)


@app.command()
def make(
    spec: Annotated[Path, typer.Argument(help="A lesson file; see samples/lesson.yaml.")],
    out: Annotated[Path, typer.Option(help="Where the files go.")],
    url: Annotated[str | None, typer.Option(help="The studio; the local one if left out.")] = None,
    login: Annotated[str | None, typer.Option(help="Your email or username.")] = None,
) -> None:
    """Make a lesson in a running studio, and download it."""
    console, who = Console(), account(url, login)
    with StudioClient(who.url, who.username, who.password) as client:
        made = make_lesson(client, spec, out, console)
    for file in made.files:
        console.print(f"{file}  [dim]{file.stat().st_size / 1024:,.0f} KiB", highlight=False)
