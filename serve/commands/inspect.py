"""`lectern inspect`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from pipeline.provenance.inspection import inspect as inspect_file
from serve.commands.configured import configured
from serve.inspecting import show
from serve.roots import trusted_root

app = typer.Typer(add_completion=False)


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
    show(inspect_file(file, root or trusted_root(configured())), Console())
