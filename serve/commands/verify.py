"""`lectern verify`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from serve.proof import PROOFS
from serve.proof import verify as prove

app = typer.Typer(add_completion=False)


@app.command()
def verify(
    model: Annotated[str, typer.Argument(help=" or ".join(PROOFS))],
    golden: Annotated[Path, typer.Option(help="The folder of golden vectors.", exists=True)],
) -> None:
    """Prove a model's own code against golden vectors, with stand-in weights."""
    if model not in PROOFS:
        raise typer.BadParameter(f"there is {' and '.join(PROOFS)}")
    if not prove(model, golden, Console()):
        raise typer.Exit(1)
