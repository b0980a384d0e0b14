"""`lectern up`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from serve.commands.configured import configured
from serve.up import StudioRun, bring_up

app = typer.Typer(add_completion=False)


@app.command()
def up(
    config: Annotated[Path, typer.Option(help="The deployments.")] = Path("serve_config.yaml"),
    sample: Annotated[Path | None, typer.Option(help="A lesson to make at once.")] = None,
    out: Annotated[Path, typer.Option(help="Where that lesson's files go.")] = Path("out/sample"),
    once: Annotated[bool, typer.Option("--once", help="Stop when the lesson is made.")] = False,
) -> None:
    """Start the studio and every service it has no address for; stop with Ctrl-C."""
    bring_up(StudioRun(configured(), config, sample, out, once), Console())
