"""`lectern provenance`."""

import typer

from serve.roots import trusted_root
from serve.settings import Settings

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def provenance() -> None:
    """What the studio signs its media with."""


@app.command("root")
def print_root() -> None:
    """Print the root certificate, for others to trust what this studio signs."""
    typer.echo(trusted_root(Settings()).read_text(), nl=False)
