"""`lectern provenance`."""

import typer

from serve.commands.configured import configured
from serve.roots import trusted_root

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def provenance() -> None:
    """What the studio signs its media with."""


@app.command("root")
def print_root() -> None:
    """Print the root certificate, for others to trust what this studio signs."""
    typer.echo(trusted_root(configured()).read_text(), nl=False)
